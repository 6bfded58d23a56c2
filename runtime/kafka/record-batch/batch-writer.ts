/**
 * The open record batches of one output partition. Generated code writes values straight into `buffer`:
 *
 *     let p = writer.beginRecord(serial, timestamp, key, keyStart, keyEnd, valueBound)
 *     // write at most valueBound bytes at p into writer.buffer / writer.view: both may change in beginRecord
 *     writer.endRecord(p)
 *
 * Length fields precede their content, so their width is guessed from the last record and the content moves when the
 * guess was wrong. What one input record wrote can be taken back (`rollback`) until `seal`. Batches never exceed
 * `maxRecordBytes`, so that a broker with that `max.message.bytes` accepts all of them.
 */
import {
  At,
  Attribute,
  BATCH_HEADER_BYTES,
  LOG_OVERHEAD_BYTES,
  advanceSequence,
  computeCrc,
  writeLong,
} from './batch-header.js'
import type { ProducerState } from './batch-header.js'
import { BufferPool } from './buffer-pool.js'
import { compress } from './compression/compress.js'
import { compressionCode } from './compression/compression-type.js'
import type { CompressionType } from './compression/compression-type.js'
import { InvalidTimestampError, RecordTooLargeError } from './errors.js'

export interface BatchWriterOptions {
  /** Bytes after which a batch is closed and the writer is `full`. Default 256 KiB. */
  readonly batchLimit?: number
  /** Most bytes of a batch, and so of a record: the topic's `max.message.bytes`. Default Kafka's 1,048,588. */
  readonly maxRecordBytes?: number
  /** Where buffers come from and go to. Default: a pool of this writer's own. */
  readonly pool?: BufferPool
}

export interface SealOptions extends ProducerState {
  readonly isTransactional: boolean
  readonly compression: CompressionType
}

/** A finished batch, base offset 0. */
export interface SealedBatch {
  readonly buffer: Buffer
  readonly records: number
  readonly baseSequence: number
  /** ms */
  readonly maxTimestamp: number
}

interface Chunk {
  readonly buffer: Buffer
  readonly view: DataView
  readonly end: number
  readonly count: number
  readonly baseTimestamp: number
  readonly maxTimestamp: number
}

const NO_BUFFER = Buffer.alloc(0)
const NO_VIEW = new DataView(NO_BUFFER.buffer, 0, 0)
/** Most bytes of a record beside key, value and headers: six varints, one of them 64-bit, and the attributes. */
const RECORD_OVERHEAD = 5 + 1 + 10 + 5 + 5 + 5 + 5
/** Short keys are copied by a loop, which is quicker than a call. */
const LOOP_COPY_BYTES = 48

const copyBytes = (from: Uint8Array, start: number, end: number, to: Buffer, position: number): number => {
  if (end - start > LOOP_COPY_BYTES) {
    to.set(from.subarray(start, end), position)
    return position + end - start
  }
  let p = position
  for (let i = start; i < end; i++) to[p++] = from[i] as number
  return p
}

const isTimestamp = (value: number): boolean =>
  value >= 0 && value <= Number.MAX_SAFE_INTEGER && Math.floor(value) === value

/** Width of the zigzag varint of a length. */
const lengthWidth = (length: number): number =>
  length < 0x40 ? 1 : length < 0x2000 ? 2 : length < 0x10_0000 ? 3 : length < 0x800_0000 ? 4 : 5

/** Writes a zigzag-mapped value below 2^32. */
const writeUnsigned = (buffer: Buffer, position: number, value: number): number => {
  let p = position
  let rest = value
  while (rest > 0x7f) {
    buffer[p++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  buffer[p++] = rest
  return p
}

const writeLength = (buffer: Buffer, position: number, length: number): number =>
  writeUnsigned(buffer, position, length * 2)

/** Writes a signed 64-bit varint. */
const writeVarlong = (buffer: Buffer, position: number, value: number): number => {
  if (value === (value | 0)) return writeUnsigned(buffer, position, ((value << 1) ^ (value >> 31)) >>> 0)
  let p = position
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  while (rest > 0x7f) {
    buffer[p++] = (rest % 0x80) | 0x80
    rest = Math.floor(rest / 0x80)
  }
  buffer[p++] = rest
  return p
}

export class BatchWriter {
  /** Where records are written. Replaced as it grows: read it again after every `beginRecord`. */
  buffer: Buffer = NO_BUFFER
  /** The same bytes, the same positions. */
  view: DataView = NO_VIEW
  /** Record bytes not yet sealed. */
  bytes = 0
  /** Records not yet sealed. */
  records = 0
  /** At least one batch is worth sending. */
  full = false

  readonly batchLimit: number
  readonly maxRecordBytes: number
  private readonly pool: BufferPool

  private readonly closed: Chunk[] = []
  private position = BATCH_HEADER_BYTES
  private count = 0
  /** Of the batch before. */
  private usualBytes = 0
  private baseTimestamp = 0
  private maxTimestamp = 0

  private recordStart = 0
  private keyLengthStart = 0
  private valueStart = 0
  private valueLimit = 0
  private timestamp = 0
  private recordWidth = 1
  private valueWidth = 1

  private serial = -1
  private markedClosed = 0
  private markedPosition = BATCH_HEADER_BYTES
  private markedCount = 0
  private markedBaseTimestamp = 0
  private markedMaxTimestamp = 0
  private markedBytes = 0
  private markedRecords = 0

  constructor(options: BatchWriterOptions = {}) {
    this.batchLimit = options.batchLimit ?? 256 * 1024
    this.maxRecordBytes = options.maxRecordBytes ?? 1_048_588
    this.pool = options.pool ?? new BufferPool()
  }

  /** Remembers the state before the input record `serial` (0 or more, another one for each record) wrote anything. */
  mark(serial: number): void {
    if (this.serial === serial) return
    this.serial = serial
    this.markedClosed = this.closed.length
    this.markedPosition = this.position
    this.markedCount = this.count
    this.markedBaseTimestamp = this.baseTimestamp
    this.markedMaxTimestamp = this.maxTimestamp
    this.markedBytes = this.bytes
    this.markedRecords = this.records
  }

  /** Takes back what the input record `serial` wrote since the last seal. */
  rollback(serial: number): void {
    if (this.serial !== serial) return
    if (this.closed.length > this.markedClosed) {
      this.pool.release(this.buffer)
      const dropped = this.closed.splice(this.markedClosed)
      const [reopened] = dropped
      for (const chunk of dropped) if (chunk !== reopened) this.pool.release(chunk.buffer)
      this.buffer = reopened?.buffer ?? NO_BUFFER
      this.view = reopened?.view ?? NO_VIEW
    }
    this.position = this.markedPosition
    this.count = this.markedCount
    this.baseTimestamp = this.markedBaseTimestamp
    this.maxTimestamp = this.markedMaxTimestamp
    this.bytes = this.markedBytes
    this.records = this.markedRecords
    this.full = this.bytes >= this.batchLimit
  }

  /**
   * Starts a record; `timestamp` in ms, else InvalidTimestampError. Returns the position of the value, for which `valueBound` bytes are free.
   * A record that is begun and not ended leaves no trace.
   */
  beginRecord(
    serial: number,
    timestamp: number,
    key: Uint8Array | null,
    keyStart: number,
    keyEnd: number,
    valueBound: number,
  ): number {
    if (!isTimestamp(timestamp)) throw new InvalidTimestampError(timestamp)
    if (this.serial !== serial) this.mark(serial)
    const needed = this.position + RECORD_OVERHEAD + valueBound + (key === null ? 0 : keyEnd - keyStart)
    if (needed > this.buffer.length) this.grow(needed, this.position)
    if (this.count === 0) this.baseTimestamp = timestamp
    this.timestamp = timestamp
    const buffer = this.buffer
    this.recordStart = this.position
    let p = this.position + this.recordWidth
    buffer[p++] = 0
    p = writeVarlong(buffer, p, timestamp - this.baseTimestamp)
    p = writeLength(buffer, p, this.count)
    this.keyLengthStart = p
    if (key === null) buffer[p++] = 1
    else {
      p = writeLength(buffer, p, keyEnd - keyStart)
      p = copyBytes(key, keyStart, keyEnd, buffer, p)
    }
    this.valueStart = p + this.valueWidth
    this.valueLimit = this.valueStart + valueBound
    return this.valueStart
  }

  /** Ends a record without headers; its value ends at `valueEnd`. Throws RecordTooLargeError: then roll back. */
  endRecord(valueEnd: number): void {
    const end = this.endValue(valueEnd)
    this.buffer[end] = 0
    this.finish(end + 1)
  }

  /** Ends a record whose value is null: a tombstone. */
  endNull(): void {
    const end = this.endValue(-1)
    this.buffer[end] = 0
    this.finish(end + 1)
  }

  /**
   * Ends a record with headers: `headers[start, end)` is a header block as records hold it, its count included.
   * `valueEnd` -1: the value is null.
   */
  endRecordWithHeaders(valueEnd: number, headers: Uint8Array, start: number, end: number): void {
    const valueDone = this.endValue(valueEnd)
    const needed = valueDone + (end - start) + RECORD_OVERHEAD
    if (needed > this.buffer.length) this.grow(needed, valueDone)
    this.finish(copyBytes(headers, start, end, this.buffer, valueDone))
  }

  /**
   * Finishes all batches and starts afresh: headers, compression, checksums, consecutive sequences from `baseSequence`.
   * The buffers of the result belong to the caller, who may give them back with `release` once they are acknowledged.
   */
  seal(options: SealOptions): SealedBatch[] {
    this.closeChunk()
    let baseSequence = options.baseSequence
    const sealed = this.closed.map((chunk) => {
      const batch = this.sealChunk(chunk, { ...options, baseSequence })
      baseSequence = advanceSequence(baseSequence, chunk.count)
      return batch
    })
    this.closed.length = 0
    this.bytes = 0
    this.records = 0
    this.full = false
    this.serial = -1
    return sealed
  }

  /** Gives back the buffer of a sealed batch that nobody reads any more. */
  release(batch: SealedBatch): void {
    this.pool.release(batch.buffer)
  }

  /** Writes the value's length; returns where the value ends now. */
  private endValue(valueEnd: number): number {
    const { buffer, valueStart, valueWidth } = this
    const lengthStart = valueStart - valueWidth
    if (valueEnd < 0) {
      buffer[lengthStart] = 1
      return lengthStart + 1
    }
    if (valueEnd > this.valueLimit || valueEnd < valueStart) {
      throw new RangeError(`value ends at ${valueEnd}, not between ${valueStart} and ${this.valueLimit}`)
    }
    const length = valueEnd - valueStart
    const width = lengthWidth(length)
    if (width !== valueWidth) {
      buffer.copyWithin(lengthStart + width, valueStart, valueEnd)
      this.valueWidth = width
    }
    return writeLength(buffer, lengthStart, length) + length
  }

  private finish(contentEnd: number): void {
    const start = this.recordStart
    const length = contentEnd - start - this.recordWidth
    const width = lengthWidth(length)
    if (start + width + length > this.maxRecordBytes) {
      this.moveToNewBatch(contentEnd)
      return
    }
    if (width !== this.recordWidth) {
      this.buffer.copyWithin(start + width, start + this.recordWidth, contentEnd)
      this.recordWidth = width
    }
    writeLength(this.buffer, start, length)
    this.commitRecord(start + width + length, width + length)
  }

  private commitRecord(end: number, size: number): void {
    if (this.count === 0 || this.timestamp > this.maxTimestamp) this.maxTimestamp = this.timestamp
    this.position = end
    this.count++
    this.records++
    this.bytes += size
    if (this.bytes >= this.batchLimit) this.full = true
    if (end >= this.batchLimit) this.closeChunk()
  }

  /** The open batch has no room for the record: moves it into a new one, where its deltas are 0. */
  private moveToNewBatch(contentEnd: number): void {
    const tail = this.buffer.subarray(this.keyLengthStart, contentEnd)
    const length = 3 + tail.length
    const size = lengthWidth(length) + length
    if (this.count === 0 || BATCH_HEADER_BYTES + size > this.maxRecordBytes) {
      throw new RecordTooLargeError(BATCH_HEADER_BYTES + size, this.maxRecordBytes)
    }
    this.closeChunk()
    this.grow(BATCH_HEADER_BYTES + size, 0)
    this.baseTimestamp = this.timestamp
    const p = writeLength(this.buffer, BATCH_HEADER_BYTES, length)
    this.buffer.fill(0, p, p + 3)
    this.buffer.set(tail, p + 3)
    this.commitRecord(BATCH_HEADER_BYTES + size, size)
  }

  private closeChunk(): void {
    if (this.count === 0) return
    const { buffer, view, count, baseTimestamp, maxTimestamp } = this
    this.usualBytes = this.position
    this.closed.push({ buffer, view, end: this.position, count, baseTimestamp, maxTimestamp })
    this.buffer = NO_BUFFER
    this.view = NO_VIEW
    this.position = BATCH_HEADER_BYTES
    this.count = 0
  }

  /** Makes the buffer hold `needed` bytes and keeps those before `used`. */
  private grow(needed: number, used: number): void {
    const old = this.buffer
    // As large as the batch before: one that grows is copied each time.
    const buffer = this.pool.acquire(Math.max(needed, 2 * old.length, old.length === 0 ? this.usualBytes : 0))
    if (old.length > 0) {
      buffer.set(old.subarray(0, used))
      this.pool.release(old)
    }
    this.buffer = buffer
    this.view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
  }

  private sealChunk(chunk: Chunk, options: SealOptions): SealedBatch {
    const { count, maxTimestamp } = chunk
    let batch = chunk.buffer.subarray(0, chunk.end)
    if (options.compression !== 'none') {
      const records = compress(options.compression, chunk.buffer.subarray(BATCH_HEADER_BYTES, chunk.end))
      batch = Buffer.allocUnsafeSlow(BATCH_HEADER_BYTES + records.length)
      batch.set(records, BATCH_HEADER_BYTES)
      this.pool.release(chunk.buffer)
    }
    writeHeader(batch, chunk, options)
    return { buffer: batch, records: count, baseSequence: options.baseSequence, maxTimestamp }
  }
}

const writeHeader = (batch: Buffer, chunk: Chunk, options: SealOptions): void => {
  const transactional = options.isTransactional ? Attribute.Transactional : 0
  writeLong(batch, At.BaseOffset, 0)
  batch.writeInt32BE(batch.length - LOG_OVERHEAD_BYTES, At.Length)
  batch.writeInt32BE(-1, At.PartitionLeaderEpoch)
  batch.writeInt8(2, At.Magic)
  batch.writeInt16BE(compressionCode(options.compression) | transactional, At.Attributes)
  batch.writeInt32BE(chunk.count - 1, At.LastOffsetDelta)
  writeLong(batch, At.BaseTimestamp, chunk.baseTimestamp)
  writeLong(batch, At.MaxTimestamp, chunk.maxTimestamp)
  batch.writeBigInt64BE(options.producerId, At.ProducerId)
  batch.writeInt16BE(options.producerEpoch, At.ProducerEpoch)
  batch.writeInt32BE(options.baseSequence, At.BaseSequence)
  batch.writeInt32BE(chunk.count, At.Count)
  batch.writeUInt32BE(computeCrc(batch, 0, batch.length), At.Crc)
}
