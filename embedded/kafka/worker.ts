/** Entry of the broker's own thread: runs a broker and answers control messages. */
import { parentPort, workerData } from 'node:worker_threads'
import { Broker } from './broker.js'
import type { ControlRequest, ControlResponse } from './control.js'
import type { BrokerSettings } from './options.js'

const serve = (settings: BrokerSettings): void => {
  const port = parentPort
  if (port === null) throw new Error('worker.ts runs in a worker thread only')
  const broker = new Broker(settings)
  const answer = async ({ id, method, args }: ControlRequest): Promise<ControlResponse> => {
    try {
      const call = broker[method].bind(broker) as (...args: readonly unknown[]) => Promise<unknown>
      return { id, ok: true, result: await call(...args) }
    } catch (error) {
      return { id, ok: false, message: error instanceof Error ? error.message : String(error) }
    }
  }
  port.on('message', (request: ControlRequest) => {
    void answer(request).then((response) => {
      port.postMessage(response)
      if (request.method === 'close') port.close()
    })
  })
}

serve(workerData as BrokerSettings)
