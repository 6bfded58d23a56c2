/**
 * Runs author's modules that exist as text only, as an uncompiled program would: types erased, imports of millrace
 * answered by this repository's own modules.
 */
import { compileFunction } from 'node:vm'
import { transformSync } from 'esbuild'
import * as dsl from '../../dsl/index.js'
import * as types from '../../dsl/types.js'
import * as runtime from '../../runtime/index.js'

const PACKAGES: Readonly<Record<string, unknown>> = {
  millrace: dsl,
  'millrace/types': types,
  'millrace/runtime': runtime,
}

type Exports = Readonly<Record<string, unknown>>

/** Exports of `entry`, one of `files` (path -> text, all in one folder). */
export function loadModule(files: ReadonlyMap<string, string>, entry: string): Exports {
  const loaded = new Map<string, Exports>()
  const load = (path: string): Exports => {
    const known = loaded.get(path)
    if (known !== undefined) return known
    const text = files.get(path)
    if (text === undefined) throw new Error(`there is no module ${path}`)
    const exports: Exports = {}
    loaded.set(path, exports)
    const { code } = transformSync(text, {
      loader: 'ts',
      format: 'cjs',
      target: 'es2023',
      sourcefile: path,
      define: { 'import.meta.url': JSON.stringify(`file:///${path}`) },
    })
    const require = (specifier: string): unknown =>
      PACKAGES[specifier] ?? load(specifier.replace(/^\.\//, '').replace(/\.js$/, '.ts'))
    const module = { exports }
    const run = compileFunction(code, ['module', 'exports', 'require'], { filename: path })
    Reflect.apply(run, undefined, [module, exports, require])
    loaded.set(path, module.exports)
    return module.exports
  }
  return load(entry)
}
