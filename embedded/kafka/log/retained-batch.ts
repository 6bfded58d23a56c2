/**
 * A batch with some of its records: same offsets, producer and codec. Compaction notes in it until when tombstones stay,
 * as Kafka does: in the place of the base time stamp, with a bit of the attributes that says so.
 */
import {
  BATCH_HEADER_BYTES,
  compress,
  crc32c,
  type BatchHeader,
  type RecordReader,
} from '../../../runtime/kafka/record-batch/index.js'
import { zigzag } from '../../../runtime/kafka/protocol/index.js'

const LENGTH = 8
const CRC = 17
const ATTRIBUTES = 21
const BASE_TIMESTAMP = 27
const MAX_TIMESTAMP = 35
const COUNT = 57
const LOG_OVERHEAD_BYTES = 12
const DELETE_HORIZON = 0x40

/** Until when its tombstones, or its marker, stay; undefined: not noted yet. ms. */
export const deleteHorizonOf = (batch: Buffer, header: BatchHeader): number | undefined =>
  (batch.readInt16BE(ATTRIBUTES) & DELETE_HORIZON) === 0 ? undefined : header.baseTimestamp

/** A record as compaction looks at it. */
export interface RetainedRecord {
  readonly offset: number
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** The header block. */
  readonly headers: Buffer
}

export const retainedRecord = (reader: RecordReader): RetainedRecord => ({
  offset: reader.offset,
  timestamp: reader.timestamp,
  key: reader.key(),
  value: reader.value(),
  headers: reader.buffer.subarray(reader.headersStart, reader.headersEnd),
})

/** Without records it only keeps what is remembered of its producer. */
export const batchOf = (
  original: Buffer,
  header: BatchHeader,
  records: readonly RetainedRecord[],
  horizon: number | undefined,
): Buffer => {
  const baseTimestamp = horizon ?? records[0]?.timestamp ?? header.baseTimestamp
  const body = Buffer.concat(records.map((record) => encode(record, header.baseOffset, baseTimestamp)))
  const compressed = records.length === 0 ? body : compress(header.compression, body)
  const batch = Buffer.concat([original.subarray(0, BATCH_HEADER_BYTES), compressed])
  batch.writeInt32BE(batch.length - LOG_OVERHEAD_BYTES, LENGTH)
  if (horizon !== undefined) batch.writeInt16BE(batch.readInt16BE(ATTRIBUTES) | DELETE_HORIZON, ATTRIBUTES)
  batch.writeBigInt64BE(BigInt(baseTimestamp), BASE_TIMESTAMP)
  if (header.timestampType === 'CreateTime' && records.length > 0) {
    batch.writeBigInt64BE(BigInt(Math.max(...records.map(({ timestamp }) => timestamp))), MAX_TIMESTAMP)
  }
  batch.writeInt32BE(records.length, COUNT)
  batch.writeUInt32BE(crc32c(batch, ATTRIBUTES, batch.length), CRC)
  return batch
}

const encode = (record: RetainedRecord, baseOffset: number, baseTimestamp: number): Buffer => {
  const { key, value, headers } = record
  const content = Buffer.concat([
    // No attributes.
    Buffer.of(0),
    varint(record.timestamp - baseTimestamp),
    varint(record.offset - baseOffset),
    varint(key?.length ?? -1),
    key ?? EMPTY,
    varint(value?.length ?? -1),
    value ?? EMPTY,
    headers,
  ])
  return Buffer.concat([varint(content.length), content])
}

const EMPTY = Buffer.alloc(0)

const varint = (value: number): Buffer => {
  const bytes: number[] = []
  let rest = zigzag(value)
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  bytes.push(rest)
  return Buffer.from(bytes)
}
