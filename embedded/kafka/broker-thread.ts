/** The caller's side of a broker in its own thread: control calls become messages. */
import type { Worker } from 'node:worker_threads'
import type { CoordinatorType } from './cluster.js'
import type { BrokerControl, BrokerStats, ControlMethod, ControlResponse } from './control.js'
import type { FaultRule } from './faults.js'
import type { BrokerSettings, TopicSpec } from './options.js'
import { startWorker } from './worker-entry.js'

interface Call {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

export class BrokerThread implements BrokerControl {
  readonly #worker: Worker
  readonly #calls = new Map<number, Call>()
  readonly #exited: Promise<void>
  #nextId = 0
  /** Why the thread has ended; later calls fail with it. */
  #ended: Error | null = null

  private constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', (response: ControlResponse) => this.#answered(response))
    worker.on('error', (error) => this.#end(new Error(`the embedded broker has failed: ${String(error)}`)))
    this.#exited = new Promise((resolve) => {
      worker.on('exit', () => {
        this.#end(new Error('the embedded broker is closed'))
        resolve()
      })
    })
  }

  static async create(settings: BrokerSettings): Promise<BrokerThread> {
    return new BrokerThread(await startWorker(settings))
  }

  async start(): Promise<readonly string[]> {
    const addresses = (await this.#call('start', [])) as readonly string[]
    return addresses
  }

  async createTopic(name: string, spec: TopicSpec): Promise<void> {
    await this.#call('createTopic', [name, spec])
  }

  async deleteTopic(name: string): Promise<void> {
    await this.#call('deleteTopic', [name])
  }

  async appendRaw(topic: string, partition: number, batch: Uint8Array): Promise<number> {
    return (await this.#call('appendRaw', [topic, partition, batch])) as number
  }

  async addFault(rule: FaultRule): Promise<void> {
    await this.#call('addFault', [rule])
  }

  async clearFaults(): Promise<void> {
    await this.#call('clearFaults', [])
  }

  async moveLeader(topic: string, partition: number, node: number): Promise<void> {
    await this.#call('moveLeader', [topic, partition, node])
  }

  async truncate(topic: string, partition: number, offset: number): Promise<void> {
    await this.#call('truncate', [topic, partition, offset])
  }

  async moveCoordinator(type: CoordinatorType, key: string, node: number): Promise<void> {
    await this.#call('moveCoordinator', [type, key, node])
  }

  async delayMarkers(ms: number): Promise<void> {
    await this.#call('delayMarkers', [ms])
  }

  async stopNode(node: number): Promise<void> {
    await this.#call('stopNode', [node])
  }

  async startNode(node: number): Promise<void> {
    await this.#call('startNode', [node])
  }

  async advanceClock(ms: number): Promise<void> {
    await this.#call('advanceClock', [ms])
  }

  async stats(): Promise<BrokerStats> {
    return (await this.#call('stats', [])) as BrokerStats
  }

  async close(): Promise<void> {
    if (this.#ended === null) await this.#call('close', [])
    await this.#exited
  }

  #call(method: ControlMethod, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== null) {
        reject(this.#ended)
        return
      }
      const id = this.#nextId++
      this.#calls.set(id, { resolve, reject })
      this.#worker.postMessage({ id, method, args })
    })
  }

  #answered(response: ControlResponse): void {
    const call = this.#calls.get(response.id)
    this.#calls.delete(response.id)
    if (response.ok) call?.resolve(response.result)
    else call?.reject(new Error(response.message))
  }

  #end(reason: Error): void {
    this.#ended ??= reason
    for (const call of this.#calls.values()) call.reject(this.#ended)
    this.#calls.clear()
  }
}
