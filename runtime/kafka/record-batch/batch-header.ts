/**
 * The 61-byte header of a record batch, message format 2. Offsets and timestamps are numbers: Kafka's int64 values
 * stay far below 2^53. The checksum covers everything from the attributes on, so a broker may change the fields before.
 */
import { compressionOf } from './compression/compression-type.js'
import type { CompressionType } from './compression/compression-type.js'
import { crc32c } from './crc32c.js'
import { CorruptBatchError, UnsupportedMagicError } from './errors.js'

export const BATCH_HEADER_BYTES = 61
/** Base offset and length, which the length itself does not count. */
export const LOG_OVERHEAD_BYTES = 12

/** Positions of the fields. */
export const At = {
  BaseOffset: 0,
  Length: 8,
  PartitionLeaderEpoch: 12,
  Magic: 16,
  Crc: 17,
  Attributes: 21,
  LastOffsetDelta: 23,
  BaseTimestamp: 27,
  MaxTimestamp: 35,
  ProducerId: 43,
  ProducerEpoch: 51,
  BaseSequence: 53,
  Count: 57,
} as const

/** Bits of the attributes; the lowest three are the codec. */
export const Attribute = { Codec: 0x07, LogAppendTime: 0x08, Transactional: 0x10, Control: 0x20 } as const

export type TimestampType = 'CreateTime' | 'LogAppendTime'

export interface BatchHeader {
  readonly baseOffset: number
  /** The whole batch with this header. */
  readonly sizeInBytes: number
  readonly partitionLeaderEpoch: number
  readonly crc: number
  readonly compression: CompressionType
  readonly timestampType: TimestampType
  readonly isTransactional: boolean
  readonly isControl: boolean
  readonly lastOffset: number
  /** Where to go on reading, also after a batch that compaction has emptied. */
  readonly nextOffset: number
  readonly baseTimestamp: number
  readonly maxTimestamp: number
  /** -1n: none. */
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly count: number
}

/** int64 as a number; exact up to 2^53. */
export const readLong = (buffer: Buffer, position: number): number =>
  buffer.readInt32BE(position) * 0x1_0000_0000 + buffer.readUInt32BE(position + 4)

export const writeLong = (buffer: Buffer, position: number, value: number): void => {
  const high = Math.floor(value / 0x1_0000_0000)
  buffer.writeInt32BE(high, position)
  buffer.writeUInt32BE(value - high * 0x1_0000_0000, position + 4)
}

/**
 * Size of the batch that starts at `start`, or -1 when it is not complete: a fetch cuts off the last batch.
 * Refuses other message formats and impossible lengths.
 */
export const batchSizeAt = (buffer: Buffer, start: number, end = buffer.length): number => {
  if (end - start <= At.Magic) return -1
  const baseOffset = readLong(buffer, start)
  const length = buffer.readInt32BE(start + At.Length)
  const magic = buffer.readInt8(start + At.Magic)
  if (magic === 0 || magic === 1) throw new UnsupportedMagicError(baseOffset, magic)
  if (magic !== 2) throw new CorruptBatchError(baseOffset, `magic byte ${magic}`)
  if (length < BATCH_HEADER_BYTES - LOG_OVERHEAD_BYTES) throw new CorruptBatchError(baseOffset, `length ${length}`)
  const size = LOG_OVERHEAD_BYTES + length
  return size > end - start ? -1 : size
}

/** Reads the header of a complete batch. */
export const readBatchHeader = (buffer: Buffer, start: number): BatchHeader => {
  const baseOffset = readLong(buffer, start)
  const attributes = buffer.readInt16BE(start + At.Attributes)
  const lastOffsetDelta = buffer.readInt32BE(start + At.LastOffsetDelta)
  const count = buffer.readInt32BE(start + At.Count)
  const compression = compressionOf(attributes & Attribute.Codec)
  if (compression === undefined) throw new CorruptBatchError(baseOffset, `codec ${attributes & Attribute.Codec}`)
  if (count < 0 || lastOffsetDelta < 0) {
    throw new CorruptBatchError(baseOffset, `${count} records, last offset delta ${lastOffsetDelta}`)
  }
  return {
    baseOffset,
    sizeInBytes: LOG_OVERHEAD_BYTES + buffer.readInt32BE(start + At.Length),
    partitionLeaderEpoch: buffer.readInt32BE(start + At.PartitionLeaderEpoch),
    crc: buffer.readUInt32BE(start + At.Crc),
    compression,
    timestampType: (attributes & Attribute.LogAppendTime) === 0 ? 'CreateTime' : 'LogAppendTime',
    isTransactional: (attributes & Attribute.Transactional) !== 0,
    isControl: (attributes & Attribute.Control) !== 0,
    lastOffset: baseOffset + lastOffsetDelta,
    nextOffset: baseOffset + lastOffsetDelta + 1,
    baseTimestamp: readLong(buffer, start + At.BaseTimestamp),
    maxTimestamp: readLong(buffer, start + At.MaxTimestamp),
    producerId: buffer.readBigInt64BE(start + At.ProducerId),
    producerEpoch: buffer.readInt16BE(start + At.ProducerEpoch),
    baseSequence: buffer.readInt32BE(start + At.BaseSequence),
    count,
  }
}

export const computeCrc = (batch: Buffer, start: number, size: number): number =>
  crc32c(batch, start + At.Attributes, start + size)

const updateCrc = (batch: Buffer): void => {
  batch.writeUInt32BE(computeCrc(batch, 0, batch.length), At.Crc)
}

export interface ProducerState {
  /** -1n: neither idempotent nor transactional. */
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly baseSequence: number
}

/** Gives a sealed batch another producer id, epoch and sequence, as after a bump of the epoch. */
export const rewriteProducerState = (batch: Buffer, state: ProducerState): void => {
  batch.writeBigInt64BE(state.producerId, At.ProducerId)
  batch.writeInt16BE(state.producerEpoch, At.ProducerEpoch)
  batch.writeInt32BE(state.baseSequence, At.BaseSequence)
  updateCrc(batch)
}

/** What a broker writes into a batch when it appends it. With `appendTime` (ms) the topic uses LogAppendTime. */
export const stampAppended = (
  batch: Buffer,
  stamp: { readonly baseOffset: number; readonly partitionLeaderEpoch: number; readonly appendTime?: number },
): void => {
  writeLong(batch, At.BaseOffset, stamp.baseOffset)
  batch.writeInt32BE(stamp.partitionLeaderEpoch, At.PartitionLeaderEpoch)
  if (stamp.appendTime === undefined) return
  batch.writeInt16BE(batch.readInt16BE(At.Attributes) | Attribute.LogAppendTime, At.Attributes)
  writeLong(batch, At.MaxTimestamp, stamp.appendTime)
  updateCrc(batch)
}

/** The sequence `count` records later: it wraps at 2^31 to 0. -1 (no producer id) stays. */
export const advanceSequence = (sequence: number, count: number): number =>
  sequence < 0 ? sequence : (sequence + count) % 0x8000_0000
