/** `node --import` this: loading the compiler's packages fails, by `import` and by `require` alike. */
import { Module, register } from 'node:module'

const refused = /^(ts-morph|typescript|esbuild|chokidar|@ts-morph\/.*)$/

const hooks = `export async function resolve(specifier, context, next) {
  if (${String(refused)}.test(specifier)) throw new Error('loaded ' + specifier)
  return next(specifier, context)
}`
register(`data:text/javascript,${encodeURIComponent(hooks)}`)

const load = Module._load
Module._load = function (request, ...rest) {
  if (refused.test(request)) throw new Error(`loaded ${request}`)
  return load.call(this, request, ...rest)
}
