/** An executor in a worker thread. The worker loads the generated module itself, by its URL. */
import { Worker } from 'node:worker_threads'
import type { OpenChannel } from './executor-handle.js'
import type { ExecutorOptions } from './executor-options.js'
import type { FromExecutor } from './protocol.js'

export interface WorkerInput {
  readonly options: ExecutorOptions
  readonly pipelineUrl: string
}

export const workerChannel =
  (options: ExecutorOptions, pipelineUrl: string, name: string): OpenChannel =>
  (receive, onCrash) => {
    const workerData: WorkerInput = { options, pipelineUrl }
    const worker = new Worker(new URL('./worker-main.js', import.meta.url), { workerData, name })
    let ending = false
    worker.on('message', (message: FromExecutor) => {
      receive(message)
    })
    worker.on('messageerror', onCrash)
    worker.on('error', (error: unknown) => {
      onCrash(new Error(`worker thread ${name} crashed: ${String(error)}`, { cause: error }))
    })
    worker.on('exit', (code) => {
      if (!ending) onCrash(new Error(`worker thread ${name} ended by itself with code ${code}`))
    })
    return {
      post: (message) => {
        worker.postMessage(message)
      },
      terminate: async () => {
        ending = true
        await worker.terminate()
      },
    }
  }
