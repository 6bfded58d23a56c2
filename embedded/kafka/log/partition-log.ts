/**
 * The log of one partition: segments of raw batches in memory, as producers sent them. An append copies a batch once,
 * a read hands out views. There is one replica, so the high watermark is the end of the log.
 *
 * Relies on batches that were validated before (see validate-batch.ts). What retention and compaction remove is decided
 * elsewhere (retention.ts, compaction.ts), by segments as Kafka rolls them; these lie in one or more of ours.
 */
import { BatchCursor, controlTypeOf, crc32c, readBatchHeader } from '../../../runtime/kafka/record-batch/index.js'
import type { BatchHeader, RecordBatch } from '../../../runtime/kafka/record-batch/index.js'
import { readBaseOffset, readLastOffset, readMaxTimestamp } from './batch-fields.js'
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

/** When Kafka begins a new segment: `segment.bytes`, `segment.ms`. */
export interface RollRules {
  readonly bytes: number
  /** Between the time stamps of the first batch and of the next one. */
  readonly ms: number
}

/** A segment as Kafka rolls it. */
export interface RolledSegment {
  readonly baseOffset: number
  readonly nextOffset: number
  readonly size: number
  readonly maxTimestamp: number
}

const NEVER_ROLL: RollRules = { bytes: Infinity, ms: Infinity }

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
  /** Batches below were compacted. */
  compactedUpTo = 0
  /** Numbers of rolled segments; only whether two are equal counts. */
  #rolls = 0
  readonly #copy: LogCopy
  readonly #rollRules: () => RollRules

  constructor(copy: LogCopy = NO_COPY, rollRules: () => RollRules = () => NEVER_ROLL) {
    this.#copy = copy
    this.#rollRules = rollRules
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

  /** The last one is active: Kafka appends to it, and does not compact it. */
  rolledSegments(): RolledSegment[] {
    const rolled: RolledSegment[] = []
    let roll = -1
    for (const { roll: its, baseOffset, nextOffset, size, maxTimestamp } of this.#segments) {
      const last = its === roll ? rolled.pop() : undefined
      roll = its
      rolled.push({
        baseOffset: last?.baseOffset ?? baseOffset,
        nextOffset,
        size: size + (last?.size ?? 0),
        maxTimestamp: Math.max(maxTimestamp, last?.maxTimestamp ?? -1),
      })
    }
    return rolled
  }

  /** `header` is the one that the producer sent, with base offset 0. Returns the base offset in the log. */
  append(batch: Uint8Array, header: BatchHeader, stamp: Omit<AppendStamp, 'baseOffset'>): number {
    const baseOffset = this.#end
    const timestamp = stamp.appendTime ?? header.maxTimestamp
    this.#copy.append(this.#segmentFor(batch.length, timestamp).append(batch, { ...stamp, baseOffset }))
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
      this.#segmentFor(stored.length, header.maxTimestamp).restore(stored)
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
    const stored = this.#segmentFor(batch.length, readMaxTimestamp(batch, 0)).append(batch, {
      partitionLeaderEpoch,
      baseOffset,
    })
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
    this.compactedUpTo = Math.min(this.compactedUpTo, offset)
    const bytes = Buffer.concat(kept)
    this.#segments = []
    this.#aborted = []
    this.producers.clear()
    this.#end = this.#start
    this.restore(bytes, this.#start)
    this.epochs.truncateFrom(this.#end)
    this.#copy.rewrite(kept)
  }

  /** Batches of segments that end at or below `offset`. */
  *#batches(offset = Infinity): Generator<Buffer> {
    for (const segment of this.#segments) if (segment.nextOffset <= offset) yield* segment.batches()
  }

  /** What compaction left of all segments that end at or below `offset`, which is the end of one. */
  compact(offset: number, clean: (batches: readonly Buffer[]) => readonly Buffer[]): void {
    const rest = this.#segments.filter((segment) => segment.nextOffset > offset)
    const kept = clean([...this.#batches(offset)])
    this.#segments = []
    for (const batch of kept) this.#segmentFor(batch.length, -1, readBaseOffset(batch, 0)).restore(batch)
    this.#segments.push(...rest)
    this.compactedUpTo = offset
    this.#dropAborted()
    this.rewriteCopy()
    this.#notify()
  }

  /** After changes other than appends. */
  rewriteCopy(): void {
    this.#copy.rewrite([...this.#batches()])
  }

  /** Of transactions whose marker is gone: their records went before it. */
  #dropAborted(): void {
    this.#aborted = this.#aborted.filter(({ lastOffset }) => {
      const segment = this.#segments[this.#segmentIndex(lastOffset)]
      if (segment === undefined || segment.baseOffset > lastOffset) return false
      const at = segment.positionOf(lastOffset)
      const header = readBatchHeader(segment.slice(at, segment.size), 0)
      return header.baseOffset <= lastOffset && header.count > 0
    })
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

  /** `timestamp`: the largest of the batch; -1: time rolls nothing. */
  #segmentFor(bytes: number, timestamp: number, baseOffset = this.#end): Segment {
    const last = this.#segments.at(-1)
    const roll = last === undefined || this.#mustRoll(last, bytes, timestamp) ? ++this.#rolls : last.roll
    if (last?.roll === roll && last.fits(bytes)) return last
    const grown = last === undefined ? FIRST_SEGMENT_BYTES : last.capacity * SEGMENT_GROWTH
    const capacity = Math.max(Math.min(grown, LARGEST_SEGMENT_BYTES), bytes)
    const segment = new Segment(baseOffset, capacity, roll)
    this.#segments.push(segment)
    return segment
  }

  #mustRoll(last: Segment, bytes: number, timestamp: number): boolean {
    const rules = this.#rollRules()
    if (rules.bytes === Infinity && rules.ms === Infinity) return false
    let first = last
    let size = 0
    for (let index = this.#segments.length - 1; index >= 0; index--) {
      const segment = this.#segments[index]
      if (segment?.roll !== last.roll) break
      first = segment
      size += segment.size
    }
    const waited = timestamp < 0 || first.firstTimestamp < 0 ? 0 : timestamp - first.firstTimestamp
    return size + bytes > rules.bytes || waited > rules.ms
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
