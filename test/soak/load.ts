/** Records at a fixed rate through a pipeline, each with the time when it was written, and what comes out. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel, Partitioners } from 'kafkajs'

const KEYS = 1000
/** Between two writes. */
const TICK_MS = 20

export class Load implements AsyncDisposable {
  written = 0
  read = 0
  doubled = 0
  readonly #kafka: Kafka
  readonly #producer
  readonly #consumer
  readonly #seen: Uint8Array
  #latencies: number[] = []

  constructor(brokers: string, mostRecords: number) {
    this.#kafka = new Kafka({ clientId: 'soak', brokers: brokers.split(','), logLevel: logLevel.NOTHING })
    this.#producer = this.#kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent: true })
    this.#consumer = this.#kafka.consumer({ groupId: 'soak-reader', maxWaitTimeInMs: 20 })
    this.#seen = new Uint8Array(mostRecords)
  }

  async start(output: string): Promise<void> {
    await Promise.all([this.#producer.connect(), this.#consumer.connect()])
    await this.#consumer.subscribe({ topic: output, fromBeginning: true })
    await this.#consumer.run({
      eachBatch: ({ batch }) => {
        const now = performance.now()
        for (const { value } of batch.messages) this.#take(String(value), now)
        return Promise.resolve()
      },
    })
  }

  #take(value: string, now: number): void {
    const [id = 0, at = 0] = value.split(' ').map(Number)
    this.read++
    if (this.#seen[id] === 1) this.doubled++
    this.#seen[id] = 1
    this.#latencies.push(now - at)
  }

  /** In ms, of what was read since the last call. */
  takeLatencies(): { readonly p50: number; readonly p99: number } {
    const sorted = Float64Array.from(this.#latencies).sort()
    this.#latencies = []
    const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
    return { p50: at(0.5), p99: at(0.99) }
  }

  /** What a write could not keep up with, the next one brings. */
  async write(topic: string, perSecond: number, seconds: number): Promise<void> {
    const began = performance.now()
    const before = this.written
    while (performance.now() - began < seconds * 1000) {
      const due = Math.floor(((performance.now() - began) * perSecond) / 1000) - (this.written - before)
      const messages = Array.from({ length: due }, () => {
        const id = this.written++
        return { key: `k${(id * 7919) % KEYS}`, value: `${id} ${performance.now()}` }
      })
      if (due > 0) await this.#producer.send({ topic, acks: -1, messages })
      await sleep(TICK_MS)
    }
  }

  get missing(): number {
    return this.written - (this.read - this.doubled)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#consumer.disconnect()
    await this.#producer.disconnect()
  }
}
