/**
 * Walks the batches of a fetched record set. Checks lengths and checksums, decompresses on demand. It delivers every
 * complete batch, control batches and emptied ones included: what to skip is the caller's choice (read-committed.ts).
 */
import { BATCH_HEADER_BYTES, batchSizeAt, computeCrc, readBatchHeader } from './batch-header.js'
import type { BatchHeader } from './batch-header.js'
import { decompress } from './compression/compress.js'
import { CorruptBatchError } from './errors.js'

export interface CursorOptions {
  /** Verify checksums. Default true, as in the Java client (`check.crcs`). */
  readonly checkCrcs?: boolean
  /** Most bytes that one batch may decompress to. Default 64 MiB. */
  readonly maxDecompressedBytes?: number
}

/** Decompressed records of a batch, and what their deltas refer to. */
export interface RecordSection {
  readonly buffer: Buffer
  /** The bytes of `buffer`, same positions. */
  readonly view: DataView
  readonly start: number
  readonly end: number
  readonly count: number
  readonly baseOffset: number
  readonly baseTimestamp: number
  /** Timestamp of all records where the topic uses LogAppendTime; -1: they have their own. */
  readonly appendTimestamp: number
}

const DEFAULT_MAX_DECOMPRESSED_BYTES = 64 * 1024 * 1024

const viewOf = (buffer: Buffer): DataView => new DataView(buffer.buffer, buffer.byteOffset, buffer.length)

export class RecordBatch {
  constructor(
    readonly header: BatchHeader,
    /** The buffer that holds the batch, and where it starts. */
    readonly buffer: Buffer,
    readonly start: number,
    private readonly view: DataView,
    private readonly maxDecompressedBytes: number,
  ) {}

  /** The whole batch, as it was fetched. */
  get bytes(): Buffer {
    return this.buffer.subarray(this.start, this.start + this.header.sizeInBytes)
  }

  /** Decompresses where needed, each time it is called. Uncompressed records stay where they are. */
  records(): RecordSection {
    const { header } = this
    const start = this.start + BATCH_HEADER_BYTES
    const end = this.start + header.sizeInBytes
    const common = {
      count: header.count,
      baseOffset: header.baseOffset,
      baseTimestamp: header.baseTimestamp,
      appendTimestamp: header.timestampType === 'LogAppendTime' ? header.maxTimestamp : -1,
    }
    // Compaction keeps the codec of a batch that it empties, without compressed bytes.
    if (header.compression === 'none' || header.count === 0) {
      return { ...common, buffer: this.buffer, view: this.view, start, end: header.count === 0 ? start : end }
    }
    const buffer = decompress(header.compression, this.buffer.subarray(start, end), this.maxDecompressedBytes)
    return { ...common, buffer, view: viewOf(buffer), start: 0, end: buffer.length }
  }
}

export class BatchCursor {
  /** Bytes of the record set that `next` has passed. */
  position: number

  readonly #view: DataView
  readonly #checkCrcs: boolean
  readonly #maxDecompressedBytes: number

  constructor(
    readonly buffer: Buffer,
    options: CursorOptions = {},
    start = 0,
    readonly end = buffer.length,
  ) {
    this.position = start
    this.#view = viewOf(buffer)
    this.#checkCrcs = options.checkCrcs ?? true
    this.#maxDecompressedBytes = options.maxDecompressedBytes ?? DEFAULT_MAX_DECOMPRESSED_BYTES
  }

  /**
   * The next complete batch, or undefined at the end or at a batch that was cut off by the fetch's size limit.
   * Throws CorruptBatchError (checksum, lengths) and UnsupportedMagicError; `position` stays at that batch then.
   */
  next(): RecordBatch | undefined {
    const start = this.position
    const size = batchSizeAt(this.buffer, start, this.end)
    if (size < 0) return undefined
    const header = readBatchHeader(this.buffer, start)
    if (this.#checkCrcs) {
      const crc = computeCrc(this.buffer, start, size)
      if (crc !== header.crc) {
        throw new CorruptBatchError(header.baseOffset, `checksum ${crc} instead of ${header.crc}`)
      }
    }
    this.position = start + size
    return new RecordBatch(header, this.buffer, start, this.#view, this.#maxDecompressedBytes)
  }

  /** Bytes were left that are no complete batch: when nothing else came, the fetch limit is smaller than the batch. */
  get hasPartialTail(): boolean {
    return this.position < this.end
  }

  *[Symbol.iterator](): Generator<RecordBatch, void, undefined> {
    for (let batch = this.next(); batch !== undefined; batch = this.next()) yield batch
  }
}
