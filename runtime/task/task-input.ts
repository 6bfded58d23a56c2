/**
 * One input partition of a task: goes through the fetched batches in order and presents the current section of
 * decompressed records. Knows the offset up to which everything is done.
 */
import type { FetchedBatches, FetchedPartition } from '../kafka/fetched-partition.js'
import {
  BATCH_HEADER_BYTES,
  BatchCursor,
  ReadCommittedFilter,
  RecordReader,
  isVisibleUncommitted,
  type CursorOptions,
  type RecordBatch,
  type RecordSection,
} from '../kafka/record-batch/index.js'

export interface OpenSection extends RecordSection {
  readonly fromOffset: number
  /** Where reading goes on behind this section. */
  readonly nextOffset: number
}

export interface TaskInputOptions extends CursorOptions {
  readonly isolation: 'read_committed' | 'read_uncommitted'
}

/** An empty answer comes within half a second. */
const ANSWERED_MS = 5000

export class TaskInput {
  readonly source: FetchedPartition
  /** Offset of the next record to process: what may be committed. */
  offset: number
  /** Of the leader that had what is before the offset; -1: not known. */
  leaderEpoch: number
  section: OpenSection | undefined
  /** Byte position in the section: the first record not done. */
  position = 0
  /** Event time of the record at `position`; undefined: not looked at yet. */
  headTimestamp: number | undefined
  /** Records from this offset on are not shown. */
  #limit = Infinity
  /** Records of an open batch were left out by it. */
  #isCut = false

  readonly #options: TaskInputOptions
  #batches: FetchedBatches | undefined
  #cursor: BatchCursor | undefined
  #isVisible: (batch: RecordBatch) => boolean = isVisibleUncommitted

  constructor(source: FetchedPartition, offset: number, options: TaskInputOptions, leaderEpoch = -1) {
    this.source = source
    this.offset = offset
    this.leaderEpoch = leaderEpoch
    this.#options = options
  }

  /**
   * Makes `section` the current one, the next if need be; false when nothing is buffered.
   * Throws CorruptBatchError and DecompressionError: the batch is at `corruptBatch` then.
   */
  advance(): boolean {
    while (this.section === undefined) {
      if (this.offset >= this.#limit) return false
      if (this.#cursor === undefined && !this.#takeBatches()) return false
      const batch = this.#cursor?.next()
      if (batch === undefined) {
        this.#finishBatches()
        continue
      }
      const { nextOffset, partitionLeaderEpoch } = batch.header
      this.leaderEpoch = partitionLeaderEpoch
      if (!this.#isVisible(batch) || nextOffset <= this.offset || batch.header.count === 0) {
        this.offset = Math.max(this.offset, Math.min(nextOffset, this.#limit))
        continue
      }
      this.#open(batch)
    }
    return true
  }

  get limit(): number {
    return this.#limit
  }

  /** Shows records below this offset, and none behind it. It never goes down. */
  limitTo(offset: number): void {
    if (offset === this.#limit) return
    this.#limit = offset
    if (this.#isCut) this.refetch()
  }

  /** Nothing is there to be processed, but the broker has more, or has not said yet. */
  get isAwaited(): boolean {
    return this.section === undefined && this.source.bufferedBytes === 0 && !this.source.caughtUp
  }

  /** There is nothing to read, as an answer said not long ago: brokers that do not answer say nothing. */
  get isIdle(): boolean {
    const { caughtUp, bufferedBytes, fetchedAt } = this.source
    return caughtUp && bufferedBytes === 0 && this.section === undefined && performance.now() - fetchedAt < ANSWERED_MS
  }

  /** The current section is used up. */
  finishSection(): void {
    if (this.section === undefined) return
    this.offset = Math.max(this.offset, this.section.nextOffset)
    this.section = undefined
    this.headTimestamp = undefined
  }

  /** The batch that `advance` refused. */
  corruptBatch(): { readonly bytes: Buffer; readonly firstOffset: number; readonly nextOffset: number } {
    const cursor = this.#cursor
    if (cursor === undefined || this.#batches === undefined) throw new Error('no batch is open')
    const start = this.#openedAt ?? cursor.position
    const { buffer } = cursor
    const end = Math.min(buffer.length, start + Math.max(BATCH_HEADER_BYTES, 12 + buffer.readInt32BE(start + 8)))
    const firstOffset = Number(buffer.readBigInt64BE(start))
    const nextOffset = Math.min(firstOffset + Math.max(0, buffer.readInt32BE(start + 23)) + 1, this.#batches.nextOffset)
    return { bytes: buffer.subarray(start, end), firstOffset, nextOffset }
  }

  /** Goes on behind the batch that `advance` refused. */
  skipCorruptBatch(): void {
    const { bytes, nextOffset } = this.corruptBatch()
    const start = this.#openedAt ?? this.#cursor?.position ?? 0
    if (this.#cursor !== undefined) this.#cursor.position = start + bytes.length
    this.#openedAt = undefined
    this.offset = Math.max(this.offset, nextOffset)
  }

  /** Drops everything that is buffered and reads the partition anew from the first record not done. */
  refetch(): void {
    this.#isCut = false
    this.section = undefined
    this.headTimestamp = undefined
    this.#openedAt = undefined
    this.#finishBatches()
    this.source.seek(this.offset)
  }

  /** Start of a batch whose records could not be decompressed. */
  #openedAt: number | undefined

  #open(batch: RecordBatch): void {
    this.#openedAt = batch.start
    const records = batch.records()
    this.#openedAt = undefined
    this.position = records.start
    this.headTimestamp = undefined
    const { nextOffset } = batch.header
    this.section = { ...records, fromOffset: this.offset, nextOffset }
    if (nextOffset <= this.#limit) return
    this.#isCut = true
    this.section = { ...this.section, end: positionOf(this.section, this.#limit), nextOffset: this.#limit }
  }

  #takeBatches(): boolean {
    const batches = this.source.take()
    if (batches === undefined) return false
    // The log has begun anew below what was done: other records have those offsets now.
    this.offset = Math.min(this.offset, batches.fromOffset)
    this.#batches = batches
    this.#cursor = new BatchCursor(batches.buffer, this.#options)
    if (this.#options.isolation === 'read_committed') {
      const filter = new ReadCommittedFilter(batches.abortedTransactions)
      this.#isVisible = (batch) => filter.isVisible(batch)
    }
    return true
  }

  #finishBatches(): void {
    const batches = this.#batches
    this.#batches = undefined
    this.#cursor = undefined
    if (batches !== undefined) this.source.done(batches)
  }
}

/** Byte position of the first record that has this offset or a later one. Throws CorruptBatchError. */
const positionOf = (section: RecordSection, offset: number): number => {
  const reader = new RecordReader(section)
  for (let position = section.start; ; position = reader.position) {
    if (!reader.next() || reader.offset >= offset) return position
  }
}
