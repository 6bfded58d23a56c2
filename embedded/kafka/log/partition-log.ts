/**
 * The log of one partition: segments of raw batches in memory, as producers sent them. An append copies a batch once,
 * a read hands out views. There is one replica, so the high watermark is the end of the log.
 *
 * Relies on batches that were validated before (see validate-batch.ts). Retention and compaction are not done here.
 */
import { BatchCursor, controlTypeOf, crc32c, readBatchHeader } from '../../../runtime/kafka/record-batch/index.js'
import type { BatchHeader, RecordBatch } from '../../../runtime/kafka/record-batch/index.js'
import { readLastOffset, readMaxTimestamp } from './batch-fields.js'
import { LeaderEpochs } from './leader-epochs.js'
import { ProducerState } from './producer-state.js'
import { Segment } from './segment.js'
import type { AppendStamp } from './segment.js'

const FIRST_SEGMENT_BYTES = 16 * 1024
const LARGEST_SEGMENT_BYTES = 8 * 1024 * 1024
const SEGMENT_GROWTH = 4

const CRC_START = 21

/** Batches up to the first one that is incomplete or broken. */
function* completeBatches(bytes: Buffer): Generator<RecordBatch> {
  let at = 0
  for (const batch of new BatchCursor(bytes)) {
    const { crc, sizeInBytes } = batch.header
    if (crc32c(bytes, at + CRC_START, at + sizeInBytes) !== crc) return
    yield batch
    at += sizeInBytes
  }
}

export interface ReadLimits {
  readonly maxBytes: number
  /** Exclusive; the last stable offset for read_committed. */
  readonly upTo: number
  /** The first batch is returned whole even if it exceeds `maxBytes`. */
  readonly atLeastOneBatch: boolean
}

export interface AbortedTransactionEntry {
  readonly producerId: bigint
  readonly firstOffset: number
  /** Of the marker. */
  readonly lastOffset: number
}

/** Where the log is kept as well, before readers see a change. */
export interface LogCopy {
  append(batch: Buffer): void
  rewrite(batches: readonly Buffer[]): void
}

const NO_COPY: LogCopy = { append: () => undefined, rewrite: () => undefined }

export class PartitionLog {
  readonly producers = new ProducerState()
  readonly epochs = new LeaderEpochs()
  #segments: Segment[] = []
  #start = 0
  #end = 0
  /** In the order of their markers, as Kafka answers them. */
  #aborted: AbortedTransactionEntry[] = []
  readonly #watchers = new Set<() => void>()
  readonly #copy: LogCopy

  constructor(copy: LogCopy = NO_COPY) {
    this.#copy = copy
  }

  get startOffset(): number {
    return this.#start
  }

  /** One past the last offset. */
  get endOffset(): number {
    return this.#end
  }

  get highWatermark(): number {
    return this.#end
  }

  /** Everything below is decided: committed or aborted. */
  get lastStableOffset(): number {
    return this.producers.firstUndecidedOffset() ?? this.#end
  }

  get sizeInBytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.size, 0)
  }

  get segments(): readonly Segment[] {
    return this.#segments
  }

  /** `header` is the one that the producer sent, with base offset 0. Returns the base offset in the log. */
  append(batch: Uint8Array, header: BatchHeader, stamp: Omit<AppendStamp, 'baseOffset'>): number {
    const baseOffset = this.#end
    this.#copy.append(this.#segmentFor(batch.length).append(batch, { ...stamp, baseOffset }))
    this.epochs.assign(stamp.partitionLeaderEpoch, baseOffset)
    this.producers.appended(header, baseOffset)
    this.#end = baseOffset + header.lastOffset - header.baseOffset + 1
    this.#notify()
    return baseOffset
  }

  /**
   * Takes over stored batches. Returns how many bytes are good: a crash can have torn the last batch.
   */
  restore(bytes: Buffer, startOffset: number): number {
    let valid = 0
    for (const batch of completeBatches(bytes)) {
      const { header } = batch
      const stored = bytes.subarray(valid, valid + header.sizeInBytes)
      const firstOffset = this.producers.transactionStart(header.producerId)
      if (header.isControl && firstOffset !== null && controlTypeOf(batch) === 'abort') {
        this.#aborted.push({ producerId: header.producerId, firstOffset, lastOffset: header.lastOffset })
      }
      this.#end = header.baseOffset
      this.#segmentFor(stored.length).restore(stored)
      this.epochs.assign(header.partitionLeaderEpoch, header.baseOffset)
      this.producers.appended(header, header.baseOffset)
      this.#end = header.nextOffset
      valid += header.sizeInBytes
    }
    this.#end = Math.max(this.#end, startOffset)
    this.truncateBelow(startOffset)
    return valid
  }

  /** Appends without any look at the content, so that readers can be shown broken batches. Returns the base offset. */
  appendUnchecked(batch: Buffer, partitionLeaderEpoch: number): number {
    const baseOffset = this.#end
    const stored = this.#segmentFor(batch.length).append(batch, { partitionLeaderEpoch, baseOffset })
    this.#copy.append(stored)
    this.#end = readLastOffset(stored, 0) + 1
    this.#notify()
    return baseOffset
  }

  /** Appends a transaction marker. An abort goes into the index of aborted transactions. */
  appendMarker(batch: Buffer, partitionLeaderEpoch: number, aborts: boolean): number {
    const header = readBatchHeader(batch, 0)
    const firstOffset = this.producers.transactionStart(header.producerId)
    if (aborts && firstOffset !== null) {
      this.#aborted.push({ producerId: header.producerId, firstOffset, lastOffset: this.#end })
    }
    return this.append(batch, header, { partitionLeaderEpoch })
  }

  /**
   * Stored bytes from the batch that holds `offset`. Like Kafka it cuts at `maxBytes`, so the last batch may be
   * incomplete.
   */
  read(offset: number, limits: ReadLimits): Buffer[] {
    const parts: Buffer[] = []
    let left = limits.maxBytes
    for (let index = this.#segmentIndex(offset); index < this.#segments.length; index++) {
      const segment = this.#segments[index]
      if (segment === undefined || segment.baseOffset >= limits.upTo) break
      const from = index === 0 || segment.baseOffset <= offset ? segment.positionOf(offset) : 0
      const end = segment.nextOffset <= limits.upTo ? segment.size : segment.positionOf(limits.upTo)
      if (from >= end) continue
      const first = parts.length === 0 && limits.atLeastOneBatch ? segment.batchSizeAt(from) : 0
      const to = Math.min(end, from + Math.max(left, first))
      if (to > from) parts.push(segment.slice(from, to))
      left -= to - from
      if (left <= 0) break
    }
    return parts
  }

  /** Bytes that `read` would find without a limit, up to `enough`. */
  availableBytes(offset: number, upTo: number, enough: number): number {
    let bytes = 0
    for (let index = this.#segmentIndex(offset); index < this.#segments.length && bytes < enough; index++) {
      const segment = this.#segments[index]
      if (segment === undefined || segment.baseOffset >= upTo) break
      const end = segment.nextOffset <= upTo ? segment.size : segment.positionOf(upTo)
      bytes += Math.max(end - segment.positionOf(offset), 0)
    }
    return bytes
  }

  /** Aborted transactions that a reader of [from, to) must know of. */
  abortedBetween(from: number, to: number): readonly AbortedTransactionEntry[] {
    return this.#aborted.filter((entry) => entry.lastOffset >= from && entry.firstOffset < to)
  }

  /** Batches that may hold records at or after `timestamp`, in order. */
  *batchesFrom(timestamp: number): Generator<Buffer> {
    for (const segment of this.#segments) {
      if (segment.maxTimestamp < timestamp) continue
      for (const batch of segment.batches()) {
        if (readMaxTimestamp(batch, 0) >= timestamp && readLastOffset(batch, 0) >= this.#start) yield batch
      }
    }
  }

  /** DeleteRecords: everything below `offset` is gone for readers; whole segments are dropped. */
  truncateBelow(offset: number): void {
    this.#start = Math.max(this.#start, offset)
    this.#segments = this.#segments.filter((segment) => segment.nextOffset > this.#start)
    this.#notify()
  }

  /** Forgets batches with offsets from `offset` on, and what their producers were remembered for. */
  truncateFrom(offset: number): void {
    const kept = [...this.#batches()].filter((batch) => readLastOffset(batch, 0) < offset)
    const bytes = Buffer.concat(kept)
    this.#segments = []
    this.#aborted = []
    this.producers.clear()
    this.#end = this.#start
    this.restore(bytes, this.#start)
    this.epochs.truncateFrom(this.#end)
    this.#copy.rewrite(kept)
  }

  *#batches(): Generator<Buffer> {
    for (const segment of this.#segments) yield* segment.batches()
  }

  /** Calls back on every change until the returned function is called. */
  watch(callback: () => void): () => void {
    this.#watchers.add(callback)
    return () => void this.#watchers.delete(callback)
  }

  /** Wakes waiting fetches, also for changes beside the log: a new leader, a deleted topic. */
  wake(): void {
    this.#notify()
  }

  #notify(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }

  #segmentFor(bytes: number): Segment {
    const last = this.#segments.at(-1)
    if (last?.fits(bytes) === true) return last
    const grown = last === undefined ? FIRST_SEGMENT_BYTES : last.capacity * SEGMENT_GROWTH
    const capacity = Math.max(Math.min(grown, LARGEST_SEGMENT_BYTES), bytes)
    const segment = new Segment(this.#end, capacity)
    this.#segments.push(segment)
    return segment
  }

  /** Index of the segment that holds `offset`, or of the next one. */
  #segmentIndex(offset: number): number {
    let low = 0
    let high = this.#segments.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#segments[middle]?.nextOffset ?? 0) <= offset) low = middle + 1
      else high = middle
    }
    return low
  }
}
