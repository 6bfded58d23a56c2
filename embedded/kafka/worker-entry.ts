/**
 * Starts the worker thread of the broker. Compiled, its entry lies beside this file. Run from sources (tests), there
 * is no JavaScript to load: the entry is bundled in memory, once a process.
 */
import { Worker } from 'node:worker_threads'

const IS_SOURCE = import.meta.url.endsWith('.ts')

let bundled: Promise<string> | undefined

const bundle = async (): Promise<string> => {
  const { build } = await import('esbuild')
  const result = await build({
    entryPoints: [new URL('./worker.ts', import.meta.url).pathname],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(process.cwd() + '/embedded.cjs').href" },
    logLevel: 'silent',
  })
  const [output] = result.outputFiles
  if (output === undefined) throw new Error('the worker of the embedded broker could not be bundled')
  return output.text
}

export const startWorker = async (workerData: unknown): Promise<Worker> => {
  if (!IS_SOURCE) return new Worker(new URL('./worker.js', import.meta.url), { workerData })
  bundled ??= bundle()
  return new Worker(await bundled, { eval: true, workerData })
}
