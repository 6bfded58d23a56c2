/** What is known and buffered of one assigned partition. The fetcher fills it, a task takes from it. */
import { batchSizeAt, readBatchHeader } from './record-batch/index.js'
import type { AbortedTransaction, PartitionData } from './protocol/index.js'
import type { SharedAnswer } from './shared-answer.js'
import { partitionKey, type TopicPartition } from './topic-partition.js'
import type { NodeId } from './transport/transport.js'

/** Where to read on when the committed offset is missing or gone; `none` is an error. */
export type ResetPolicy = 'earliest' | 'latest' | 'none'

/** Complete record batches as they came. */
export interface FetchedBatches {
  readonly buffer: Buffer
  /** Offset asked for: records below it were read before. */
  readonly fromOffset: number
  readonly nextOffset: number
  readonly records: number
  readonly abortedTransactions: readonly AbortedTransaction[]
}

/**
 * A small part of a large answer is copied out, so that it does not keep the whole answer alive. Equal parts are not:
 * who falls behind with one of them keeps no more than the budget alive.
 */
const COPY_BELOW_SHARE = 1 / 16

const OVERWRITTEN = 0xaa

export class FetchedPartition implements TopicPartition {
  readonly topic: string
  readonly partition: number
  readonly key: string
  readonly reset: ResetPolicy
  /** Offset of the next request. */
  fetchOffset: number
  requestedOffset = -1
  paused = false
  /** Where to read on is being looked up. */
  isSeeking = false
  /** The leader is to be looked up. */
  stale = false
  bufferedBytes = 0
  bufferedRecords = 0
  /** Of the leader that appended what was fetched last; -1: nothing was. */
  lastEpoch = -1
  /** The leader that is known to have everything up to `fetchOffset`; -1: none yet. */
  checkedEpoch = -1
  /** A replica in our rack that the leader told us to read from, for a time (`performance.now()`). */
  replica: { readonly node: NodeId; readonly until: number } | undefined
  /** Of the last answer; -1: none yet. */
  highWatermark = -1
  /** End of what a read_committed reader may see; -1: none yet. */
  lastStableOffset = -1
  logStartOffset = -1
  /** When the last answer came, `performance.now()`. */
  fetchedAt = 0

  readonly #queue: FetchedBatches[] = []
  /** The answers that batches are a part of, as long as those are queued or taken. */
  readonly #answers = new Map<FetchedBatches, SharedAnswer>()
  readonly #onRoom: () => void
  readonly #overwrites: boolean
  #dropped = false

  /** `overwrites`: bytes that are done with are overwritten, so that tests notice who still reads them. */
  constructor(
    topic: string,
    partition: number,
    offset: number,
    reset: ResetPolicy,
    onRoom: () => void,
    overwrites = false,
  ) {
    this.topic = topic
    this.partition = partition
    this.key = partitionKey(topic, partition)
    this.reset = reset
    this.fetchOffset = offset
    this.#onRoom = onRoom
    this.#overwrites = overwrites
  }

  /** Everything that the broker has is in the buffer or was taken. */
  get caughtUp(): boolean {
    return this.lastStableOffset >= 0 && this.fetchOffset >= this.lastStableOffset
  }

  /** The next batches; `done` gives their room back, and nothing may read them any more. */
  take(): FetchedBatches | undefined {
    return this.#queue.shift()
  }

  done(batches: FetchedBatches): void {
    this.#release(batches)
    if (this.#dropped) return
    this.#subtract(batches)
    this.#onRoom()
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
    this.#onRoom()
  }

  /** Forgets what is buffered and reads on at `offset`. */
  seek(offset: number): void {
    for (const batches of this.#queue) {
      this.#subtract(batches)
      this.#release(batches)
    }
    this.#queue.length = 0
    this.fetchOffset = offset
    this.lastEpoch = -1
    this.#onRoom()
  }

  drop(): void {
    this.#dropped = true
    for (const batches of this.#queue) this.#release(batches)
    this.#queue.length = 0
  }

  /** Copies out what is queued of `answer`; what was taken stays a part of it until it is done. */
  copyOut(answer: SharedAnswer): void {
    this.#queue.forEach((batches, index) => {
      if (this.#answers.get(batches) !== answer) return
      this.#queue[index] = { ...batches, buffer: Buffer.from(batches.buffer) }
      this.#release(batches)
    })
  }

  #subtract({ buffer, records }: FetchedBatches): void {
    this.bufferedBytes -= buffer.length
    this.bufferedRecords -= records
  }

  #release(batches: FetchedBatches): void {
    if (this.#overwrites) batches.buffer.fill(OVERWRITTEN)
    this.#answers.get(batches)?.release(batches.buffer.length)
    this.#answers.delete(batches)
  }

  /**
   * Takes in an answer without error; returns whether it held records. Without `answer`, its memory is left to the garbage
   * collector. Throws for formats that we do not read.
   */
  receive(data: PartitionData, receivedBytes: number, answer?: SharedAnswer): boolean {
    this.highWatermark = Number(data.highWatermark)
    this.lastStableOffset = data.lastStableOffset >= 0n ? Number(data.lastStableOffset) : this.highWatermark
    this.logStartOffset = Number(data.logStartOffset)
    this.fetchedAt = performance.now()
    const records = data.records
    if (records === null || records.length === 0) return false
    let end = 0
    let nextOffset = this.fetchOffset
    let count = 0
    for (let size = batchSizeAt(records, 0); size > 0; size = batchSizeAt(records, end)) {
      const header = readBatchHeader(records, end)
      nextOffset = header.nextOffset
      count += header.count
      this.lastEpoch = header.partitionLeaderEpoch
      end += size
    }
    if (end === 0) return false
    const whole = records.subarray(0, end)
    const buffer = end < receivedBytes * COPY_BELOW_SHARE ? Buffer.from(whole) : whole
    const fromOffset = this.fetchOffset
    this.fetchOffset = Math.max(nextOffset, fromOffset)
    this.bufferedBytes += buffer.length
    this.bufferedRecords += count
    const abortedTransactions = data.abortedTransactions ?? []
    const batches = { buffer, fromOffset, nextOffset, records: count, abortedTransactions }
    this.#queue.push(batches)
    if (answer !== undefined && buffer === whole) {
      answer.retain(buffer.length)
      this.#answers.set(batches, answer)
    }
    return true
  }
}
