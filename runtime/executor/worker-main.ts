/** Entry point of an executor's worker thread. */
import { parentPort, workerData } from 'node:worker_threads'
import { loadPipeline } from '../load-pipeline.js'
import { Executor } from './executor.js'
import type { ToExecutor } from './protocol.js'
import { withApplicationId } from './with-application-id.js'
import type { WorkerInput } from './worker-channel.js'

const port = parentPort
if (port === null) throw new Error('worker-main is the entry of a worker thread, not of a program')

const { options, pipelineUrl } = workerData as WorkerInput

const waiting: ToExecutor[] = []
const keep = (message: ToExecutor): void => {
  waiting.push(message)
}
port.on('message', keep)
const pipeline = withApplicationId(await loadPipeline(new URL(pipelineUrl)), options.applicationId)
const executor = new Executor(options, pipeline, (message) => {
  port.postMessage(message)
})
port.off('message', keep)
port.on('message', (message: ToExecutor) => {
  executor.receive(message)
})
for (const message of waiting) executor.receive(message)
