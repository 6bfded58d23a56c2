/** Reads topics as a run goes on, committed and raw, and committed offsets: our eyes, over plain requests. */
import { KafkaClient } from '../../runtime/kafka/client.js'
import { fetchCommittedOffsets } from '../../runtime/kafka/offsets.js'
import { api } from '../../runtime/kafka/protocol/index.js'
import {
  BatchCursor,
  ReadCommittedFilter,
  controlTypeOf,
  recordsOf,
  type RecordBatch,
} from '../../runtime/kafka/record-batch/index.js'
import { atLeader } from './at-leader.js'
import { partitionKey } from '../../runtime/kafka/topic-partition.js'
import { KafkajsTransport } from '../../runtime/kafka/transport/kafkajs-transport.js'
import type { LoggedRecord } from './history.js'
import { PARTITIONS } from './workload.js'

interface Position {
  offset: number
  readonly records: LoggedRecord[]
}

export class Observer implements AsyncDisposable {
  readonly #client: KafkaClient
  readonly #positions = new Map<string, Position>()

  constructor(brokers: string) {
    const transport = new KafkajsTransport({ brokers: brokers.split(','), clientId: 'observer' })
    this.#client = new KafkaClient(transport, { requestTimeoutMs: 5000 })
  }

  /**
   * Reads on from where the last call ended, what is committed; with `all`, until every transaction has ended that was
   * open when it was called. Returns how many records were seen of each partition.
   */
  readOn(topic: string, all: boolean): Promise<readonly number[]> {
    return Promise.all(Array.from({ length: PARTITIONS }, (_, partition) => this.#readOn(topic, partition, all)))
  }

  /** What `readOn` has seen so far, by partition and offset. */
  seen(topic: string): readonly LoggedRecord[] {
    return Array.from({ length: PARTITIONS }, (_, partition) => {
      return this.#positions.get(partitionKey(topic, partition))?.records ?? []
    }).flat()
  }

  async #readOn(topic: string, partition: number, all: boolean): Promise<number> {
    const key = partitionKey(topic, partition)
    const position = this.#positions.get(key) ?? { offset: 0, records: [] }
    this.#positions.set(key, position)
    let target = -1
    for (;;) {
      const data = await this.#fetch(topic, partition, position.offset, 1)
      if (target < 0) target = Number(all ? data.highWatermark : data.lastStableOffset)
      const filter = new ReadCommittedFilter(data.abortedTransactions)
      for (const batch of new BatchCursor(data.records ?? Buffer.alloc(0))) {
        if (filter.isVisible(batch)) position.records.push(...logged(batch, partition, position.offset))
        position.offset = batch.header.nextOffset
      }
      if (position.offset >= target) return position.records.length
    }
  }

  /** By a second way: batch after batch, those of a transaction when its marker says that it is committed. */
  async byMarkers(topic: string): Promise<readonly LoggedRecord[]> {
    const found = await Promise.all(
      Array.from({ length: PARTITIONS }, (_, partition) => this.#byMarkers(topic, partition)),
    )
    return found.flat()
  }

  async #byMarkers(topic: string, partition: number): Promise<readonly LoggedRecord[]> {
    const visible: LoggedRecord[] = []
    const open = new Map<bigint, LoggedRecord[]>()
    for (let offset = 0, end = 1; offset < end;) {
      const data = await this.#fetch(topic, partition, offset, 0)
      end = Number(data.highWatermark)
      for (const batch of new BatchCursor(data.records ?? Buffer.alloc(0))) {
        const { isControl, isTransactional, producerId } = batch.header
        if (isControl) {
          if (controlTypeOf(batch) === 'commit') visible.push(...(open.get(producerId) ?? []))
          open.delete(producerId)
        } else if (isTransactional) {
          open.set(producerId, [...(open.get(producerId) ?? []), ...logged(batch, partition, offset)])
        } else visible.push(...logged(batch, partition, offset))
        offset = batch.header.nextOffset
      }
    }
    return visible.sort((a, b) => a.offset - b.offset)
  }

  /** The first column of a changelog's rows: the count. */
  async store(changelog: string): Promise<Readonly<Record<string, number>>> {
    const counts: Record<string, number> = {}
    for (let partition = 0; partition < PARTITIONS; partition++) {
      for (let offset = 0, end = 1; offset < end;) {
        const data = await this.#fetch(changelog, partition, offset, 1)
        end = Number(data.lastStableOffset)
        const filter = new ReadCommittedFilter(data.abortedTransactions)
        for (const batch of new BatchCursor(data.records ?? Buffer.alloc(0))) {
          const isVisible = filter.isVisible(batch)
          for (const { key, value } of isVisible ? recordsOf(batch) : []) counts[String(key)] = columnOf(value)
          offset = batch.header.nextOffset
        }
      }
    }
    return counts
  }

  /** By partition; -1 without one. Waits for transactions that are about to commit some. */
  async offsets(groupId: string, topic: string): Promise<readonly number[]> {
    const partitions = Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition }))
    const found = await fetchCommittedOffsets(this.#client, groupId, partitions, { timeoutMs: 60_000 })
    return partitions.map(({ partition }) => found.get(partitionKey(topic, partition))?.offset ?? -1)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close()
  }

  #fetch(topic: string, partition: number, offset: number, isolationLevel: 0 | 1) {
    return atLeader(this.#client, topic, partition, async (leader) => {
      const message = {
        maxWaitMs: 50,
        minBytes: 1,
        isolationLevel,
        topics: [{ topic, partitions: [{ partition, fetchOffset: BigInt(offset), partitionMaxBytes: 8_000_000 }] }],
      }
      const { responses } = await this.#client.request(leader, 'fetch', api.Fetch, message)
      const data = responses[0]?.partitions[0]
      if (data === undefined) throw new Error(`no answer about ${topic}-${partition}`)
      return data
    })
  }
}

const logged = (batch: RecordBatch, partition: number, from: number): LoggedRecord[] =>
  [...recordsOf(batch)]
    .filter(({ offset }) => offset >= from)
    .map(({ offset, key, value }) => ({ partition, offset, key: String(key), value: String(value) }))

/** Flags, then the columns as doubles; rows of this store have a timestamp that their records can have. */
const columnOf = (value: Buffer | null): number => (value === null ? 0 : value.readDoubleBE(1))
