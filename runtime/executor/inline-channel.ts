/** An executor in this very thread, for tests and embedding. Messages pass as they are, one turn of the loop later. */
import type { GeneratedPipeline } from '../abi/index.js'
import type { OpenChannel } from './executor-handle.js'
import type { ExecutorOptions } from './executor-options.js'
import { Executor } from './executor.js'

export const inlineChannel =
  (options: ExecutorOptions, pipeline: GeneratedPipeline): OpenChannel =>
  (receive) => {
    const executor = new Executor(options, pipeline, (message) => {
      queueMicrotask(() => {
        receive(message)
      })
    })
    return {
      post: (message) => {
        queueMicrotask(() => {
          executor.receive(message)
        })
      },
      terminate: () => Promise.resolve(),
    }
  }
