import { setTimeout as delay } from 'node:timers/promises'
import type { KafkaClient } from '../../runtime/kafka/client.js'
import { api, KafkaProtocolError } from '../../runtime/kafka/protocol/index.js'
import { buildBatch, type RecordInput } from '../../runtime/kafka/record-batch/index.js'
import { sampleValues } from '../orders.js'

export interface Load {
  readonly partitions: number
  readonly orderId: number
  readonly recordsPerSecond: number
  /** Not measured: code gets hot meanwhile. */
  readonly warmUpSeconds: number
  readonly seconds: number
}

const TICK_MS = 2
/** Requests without an answer; beyond it the broker cannot keep up, and the rate is not what it says. */
const MOST_IN_FLIGHT = 100

/** Writes orders at a fixed rate, in small batches; the `total` of each is when it was written, `performance.now()`. */
export class PacedWriter {
  readonly #client: KafkaClient
  readonly #load: Load
  readonly #values: readonly Buffer[]
  readonly #inFlight = new Set<Promise<void>>()
  #failure: unknown
  #written = 0

  constructor(client: KafkaClient, load: Load) {
    this.#client = client
    this.#load = load
    this.#values = sampleValues(load.orderId, 5000)
  }

  async run(seconds: number): Promise<void> {
    const { recordsPerSecond } = this.#load
    const started = performance.now()
    const before = this.#written
    for (let now = started; now < started + seconds * 1000; now = performance.now()) {
      const due = before + Math.floor(((now - started) / 1000) * recordsPerSecond)
      if (due > this.#written) this.#write(due - this.#written)
      if (this.#failure !== undefined) throw new Error('writing failed', { cause: this.#failure })
      if (this.#inFlight.size > MOST_IN_FLIGHT) throw new Error('the broker does not keep up with the rate')
      await delay(TICK_MS)
    }
    await Promise.all(this.#inFlight)
  }

  #write(count: number): void {
    const records = new Map<number, RecordInput[]>()
    for (let i = 0; i < count; i++) {
      const serial = this.#written++
      const value = Buffer.from(this.#values[serial % this.#values.length] ?? '')
      value.writeDoubleLE(performance.now(), value.length - 8)
      const partition = serial % this.#load.partitions
      const batch = records.get(partition)
      const record = { timestamp: Date.now(), key: Buffer.from(`customer-${serial % 1000}`), value }
      if (batch === undefined) records.set(partition, [record])
      else batch.push(record)
    }
    const sent = this.#send([...records].map(([index, batch]) => ({ index, records: buildBatch(batch) })))
      .catch((error: unknown) => {
        this.#failure = error
      })
      .finally(() => this.#inFlight.delete(sent))
    this.#inFlight.add(sent)
  }

  async #send(partitionData: readonly { readonly index: number; readonly records: Buffer }[]): Promise<void> {
    const { responses } = await this.#client.request(
      this.#client.leader('orders', 0) ?? -1,
      'produce',
      api.Produce,
      { acks: -1, timeoutMs: 10_000, topicData: [{ name: 'orders', partitionData: [...partitionData] }] },
      { maxVersion: 11 },
    )
    const failed = responses[0]?.partitionResponses.find(({ errorCode }) => errorCode !== 0)
    if (failed !== undefined) throw new KafkaProtocolError(failed.errorCode, `produce to orders-${failed.index}`)
  }
}
