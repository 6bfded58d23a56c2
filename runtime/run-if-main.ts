/** Last line of a generated module: makes `node generated/words.js` run the pipeline. */
import { realpathSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import { runMain } from './run-main.js'

/**
 * Runs the pipeline when the module at that URL is the program, not when something imports it. Worker threads see the
 * arguments of their program, so they are told apart. Does not wait: the module has to be loaded first.
 */
export const runIfMain = (moduleUrl: string): void => {
  if (isMainThread && isProgram(moduleUrl)) void runMain({ pipeline: new URL(moduleUrl) })
}

const isProgram = (moduleUrl: string): boolean => {
  const program = process.argv[1]
  if (program === undefined) return false
  // Node finds `generated/words` as well as `generated/words.js`.
  return [program, `${program}.js`].some((path) => urlOfReal(path) === moduleUrl)
}

const urlOfReal = (path: string): string | undefined => {
  try {
    return pathToFileURL(realpathSync(path)).href
  } catch {
    return undefined
  }
}
