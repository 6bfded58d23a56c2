/** Builds whole batches from record objects: for servers, tools and tests, where convenience counts more than speed. */
import { At, Attribute, computeCrc, stampAppended } from './batch-header.js'
import { BatchWriter } from './batch-writer.js'
import type { CompressionType } from './compression/compression-type.js'
import { endTransactionMarker } from './control-record.js'
import type { RecordBatch } from './cursor.js'
import { decodeHeaders, encodeHeaders } from './headers.js'
import type { Header, HeaderInput } from './headers.js'
import { RecordReader } from './record-reader.js'

export interface RecordInput {
  /** ms */
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers?: readonly HeaderInput[]
}

/** A record as an object; key, value and header values are views of the batch. */
export interface KafkaRecord {
  readonly offset: number
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly Header[]
}

export interface BuildOptions {
  /** Default 0. */
  readonly baseOffset?: number
  /** Default -1. */
  readonly partitionLeaderEpoch?: number
  /** Default -1n. */
  readonly producerId?: bigint
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly isTransactional?: boolean
  /** Default none. */
  readonly compression?: CompressionType
}

const writeRecord = (writer: BatchWriter, serial: number, record: RecordInput): void => {
  const { timestamp, key, value, headers } = record
  const start = writer.beginRecord(serial, timestamp, key, 0, key?.length ?? 0, value?.length ?? 0)
  if (value !== null) writer.buffer.set(value, start)
  const block = encodeHeaders(headers ?? [])
  writer.endRecordWithHeaders(value === null ? -1 : start + value.length, block, 0, block.length)
}

/** One batch of at least one record. */
export const buildBatch = (records: readonly RecordInput[], options: BuildOptions = {}): Buffer => {
  const writer = new BatchWriter({ batchLimit: Infinity, maxRecordBytes: Infinity })
  records.forEach((record, index) => writeRecord(writer, index, record))
  const [batch] = writer.seal({
    producerId: options.producerId ?? -1n,
    producerEpoch: options.producerEpoch ?? -1,
    baseSequence: options.baseSequence ?? -1,
    isTransactional: options.isTransactional ?? false,
    compression: options.compression ?? 'none',
  })
  if (batch === undefined) throw new RangeError('a batch needs at least one record')
  stampAppended(batch.buffer, {
    baseOffset: options.baseOffset ?? 0,
    partitionLeaderEpoch: options.partitionLeaderEpoch ?? -1,
  })
  return batch.buffer
}

export interface ControlOptions {
  readonly type: 'commit' | 'abort'
  readonly producerId: bigint
  readonly producerEpoch: number
  /** ms */
  readonly timestamp: number
  readonly coordinatorEpoch?: number
  readonly baseOffset?: number
  readonly partitionLeaderEpoch?: number
}

/** The marker that ends a transaction in one partition. */
export const buildControlBatch = (options: ControlOptions): Buffer => {
  const { key, value } = endTransactionMarker(options.type, options.coordinatorEpoch ?? 0)
  const batch = buildBatch([{ timestamp: options.timestamp, key, value }], { ...options, isTransactional: true })
  batch.writeInt16BE(batch.readInt16BE(At.Attributes) | Attribute.Control, At.Attributes)
  batch.writeUInt32BE(computeCrc(batch, 0, batch.length), At.Crc)
  return batch
}

/** The records of a batch as objects, control records included. */
export function* recordsOf(batch: RecordBatch): Generator<KafkaRecord, void, undefined> {
  const reader = new RecordReader(batch.records())
  while (reader.next()) {
    const headers = decodeHeaders(reader.buffer, reader.headersStart, reader.headersEnd)
    yield { offset: reader.offset, timestamp: reader.timestamp, key: reader.key(), value: reader.value(), headers }
  }
}
