/**
 * A stretch of a partition's log: batches one behind the other in one buffer that is never reallocated, so that a
 * response can send a part of it without a copy. A sparse index finds an offset without walking all batches.
 */
import { stampAppended } from '../../../runtime/kafka/record-batch/index.js'
import { readBaseOffset, readBatchSize, readLastOffset, readMaxTimestamp } from './batch-fields.js'

const INDEX_INTERVAL_BYTES = 4096

export interface AppendStamp {
  readonly baseOffset: number
  readonly partitionLeaderEpoch: number
  /** ms; only for topics with LogAppendTime. */
  readonly appendTime?: number
}

export class Segment {
  readonly #buffer: Buffer
  #size = 0
  #nextOffset: number
  #maxTimestamp = -1
  #firstTimestamp = -1
  readonly #indexedOffsets: number[] = []
  readonly #indexedPositions: number[] = []

  constructor(
    readonly baseOffset: number,
    capacityBytes: number,
    /** Number of the segment, as Kafka rolls them, that it is a part of. */
    readonly roll: number,
  ) {
    this.#buffer = Buffer.allocUnsafeSlow(capacityBytes)
    this.#nextOffset = baseOffset
  }

  get size(): number {
    return this.#size
  }

  get capacity(): number {
    return this.#buffer.length
  }

  /** One past the last offset. */
  get nextOffset(): number {
    return this.#nextOffset
  }

  /** Largest time stamp of the records; -1 when there are none. */
  get maxTimestamp(): number {
    return this.#maxTimestamp
  }

  /** Of its first batch; -1 when it has none. */
  get firstTimestamp(): number {
    return this.#firstTimestamp
  }

  fits(bytes: number): boolean {
    return this.#size + bytes <= this.#buffer.length
  }

  /** Copies one batch, which must fit, and gives it its offset. Returns it as stored. */
  append(batch: Uint8Array, stamp: AppendStamp): Buffer {
    const at = this.#size
    this.#buffer.set(batch, at)
    const stored = this.#buffer.subarray(at, at + batch.length)
    stampAppended(stored, stamp)
    this.#index(at, batch.length)
    return stored
  }

  /** Copies a batch that already has its offset: from disk, or from another segment. */
  restore(batch: Uint8Array): void {
    const at = this.#size
    this.#buffer.set(batch, at)
    this.#index(at, batch.length)
  }

  /** Position of the first batch whose last offset is `offset` or more; the segment's size when there is none. */
  positionOf(offset: number): number {
    let position = this.#indexedPosition(offset)
    while (position < this.#size && readLastOffset(this.#buffer, position) < offset) {
      position += readBatchSize(this.#buffer, position)
    }
    return position
  }

  /** Bytes as stored. */
  slice(from: number, to: number): Buffer {
    return this.#buffer.subarray(from, to)
  }

  batchSizeAt(position: number): number {
    return readBatchSize(this.#buffer, position)
  }

  /** Batches in order, as views. */
  *batches(): Generator<Buffer> {
    for (let at = 0; at < this.#size;) {
      const size = readBatchSize(this.#buffer, at)
      yield this.#buffer.subarray(at, at + size)
      at += size
    }
  }

  #index(at: number, bytes: number): void {
    const last = this.#indexedPositions.at(-1)
    if (at === 0) this.#firstTimestamp = readMaxTimestamp(this.#buffer, at)
    if (last === undefined || at - last >= INDEX_INTERVAL_BYTES) {
      this.#indexedOffsets.push(readBaseOffset(this.#buffer, at))
      this.#indexedPositions.push(at)
    }
    this.#size += bytes
    this.#nextOffset = readLastOffset(this.#buffer, at) + 1
    this.#maxTimestamp = Math.max(this.#maxTimestamp, readMaxTimestamp(this.#buffer, at))
  }

  /** Position of the last indexed batch that starts at or below `offset`. */
  #indexedPosition(offset: number): number {
    let low = 0
    let high = this.#indexedOffsets.length - 1
    let position = 0
    while (low <= high) {
      const middle = (low + high) >>> 1
      if ((this.#indexedOffsets[middle] ?? 0) <= offset) {
        position = this.#indexedPositions[middle] ?? 0
        low = middle + 1
      } else high = middle - 1
    }
    return position
  }
}
