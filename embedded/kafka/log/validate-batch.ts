/**
 * What a broker checks before it appends a produced batch, in Kafka's order: count of batches and format, size, base
 * offset, checksum, header. Records are decoded only where they can be wrong: for the time stamps of a batch whose
 * largest is, and for keys in compacted topics.
 */
import { ErrorCode } from '../../../runtime/kafka/protocol/index.js'
import {
  BATCH_HEADER_BYTES,
  BatchCursor,
  RecordReader,
  crc32c,
  readBatchHeader,
} from '../../../runtime/kafka/record-batch/index.js'
import type { BatchHeader } from '../../../runtime/kafka/record-batch/index.js'
import { readBatchSize } from './batch-fields.js'

const MAGIC = 16
const CRC_START = 21
const ZSTD_SINCE_PRODUCE_VERSION = 7

export interface BatchRules {
  readonly produceVersion: number
  readonly maxMessageBytes: number
  /** ms since the epoch; newer records are refused. */
  readonly latestTimestamp: number
  /** ms since the epoch; older records are refused. */
  readonly earliestTimestamp: number
  readonly logAppendTime: boolean
  /** The topic is compacted: records need keys. */
  readonly needsKeys: boolean
}

export type BatchCheck = { readonly ok: true; readonly batch: Buffer; readonly header: BatchHeader } | RefusedBatch

export interface RefusedBatch {
  readonly ok: false
  readonly errorCode: number
  readonly message: string
  /** Whether Kafka finds it in the log layer, whose refusals name the start of the log. */
  readonly byLog: boolean
  /** Positions of the records concerned, where single ones are to blame. */
  readonly records: readonly number[]
}

const fail = (errorCode: number, message: string): RefusedBatch => ({
  ok: false,
  errorCode,
  message,
  byLog: false,
  records: [],
})

const failInLog = (errorCode: number, message: string, records: readonly number[] = []): RefusedBatch => ({
  ...fail(errorCode, message),
  byLog: true,
  records,
})

export const validateBatch = (records: Buffer | null, rules: BatchRules): BatchCheck => {
  const framing = checkFraming(records, rules)
  if (framing !== null || records === null) return framing ?? fail(ErrorCode.INVALID_RECORD, 'no records')
  if (records.length > rules.maxMessageBytes) {
    return fail(
      ErrorCode.MESSAGE_TOO_LARGE,
      `The record batch size in the append is ${records.length} bytes which exceeds the maximum configured value of ${rules.maxMessageBytes}.`,
    )
  }
  if (crc32c(records, CRC_START, records.length) !== records.readUInt32BE(CRC_START - 4)) {
    return fail(ErrorCode.CORRUPT_MESSAGE, 'Record is corrupt: its checksum does not match.')
  }
  return checkHeader(records, rules)
}

const checkFraming = (records: Buffer | null, rules: BatchRules): BatchCheck | null => {
  const request = `Produce requests with version ${rules.produceVersion}`
  if (records === null || records.length === 0) {
    return fail(ErrorCode.INVALID_RECORD, `${request} must have at least one record batch per partition`)
  }
  if (records.length <= MAGIC) return fail(ErrorCode.CORRUPT_MESSAGE, 'The record batch is shorter than its header.')
  const magic = records.readInt8(MAGIC)
  if (magic !== 2) {
    return fail(
      ErrorCode.INVALID_RECORD,
      `${request} are only allowed to contain record batches with magic version 2, not ${magic}`,
    )
  }
  const size = readBatchSize(records, 0)
  if (size < BATCH_HEADER_BYTES) {
    return fail(ErrorCode.CORRUPT_MESSAGE, `The record batch has an invalid size: ${size} bytes.`)
  }
  if (size > records.length) {
    return fail(ErrorCode.INVALID_RECORD, `${request} must have at least one record batch per partition`)
  }
  if (size < records.length) {
    return fail(
      ErrorCode.INVALID_RECORD,
      `${request} are only allowed to contain exactly one record batch per partition`,
    )
  }
  return null
}

const checkHeader = (batch: Buffer, rules: BatchRules): BatchCheck => {
  const header = readHeader(batch)
  if (header === undefined) return fail(ErrorCode.CORRUPT_MESSAGE, 'The header of the record batch is invalid.')
  if (header.compression === 'zstd' && rules.produceVersion < ZSTD_SINCE_PRODUCE_VERSION) {
    return fail(
      ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
      `Produce requests with version ${rules.produceVersion} are not allowed to use ZStandard compression`,
    )
  }
  if (header.baseOffset !== 0) {
    return failInLog(
      ErrorCode.INVALID_RECORD,
      `The baseOffset of the record batch in the append should be 0, but it is ${header.baseOffset}`,
    )
  }
  if (header.isControl) {
    return failInLog(ErrorCode.INVALID_RECORD, 'Clients are not allowed to write control records')
  }
  if (header.count <= 0 || header.count !== header.lastOffset + 1) {
    return failInLog(
      ErrorCode.INVALID_RECORD,
      `Inconsistent batch: ${header.count} records with last offset delta ${header.lastOffset}`,
    )
  }
  if (header.producerId >= 0n && (header.baseSequence < 0 || header.producerEpoch < 0)) {
    return failInLog(
      ErrorCode.INVALID_RECORD,
      `Invalid sequence number ${header.baseSequence} or epoch ${header.producerEpoch} in a batch with producer id ${header.producerId}`,
    )
  }
  return (
    (rules.needsKeys ? checkKeys(batch) : null) ?? checkTimestamps(batch, header, rules) ?? { ok: true, batch, header }
  )
}

const checkKeys = (batch: Buffer): RefusedBatch | null => {
  const without: number[] = []
  for (const parsed of new BatchCursor(batch)) {
    const reader = new RecordReader(parsed.records())
    for (let index = 0; reader.next(); index++) if (reader.key() === null) without.push(index)
  }
  if (without.length === 0) return null
  return failInLog(ErrorCode.INVALID_RECORD, 'One or more records have been rejected', without)
}

/** By the header; records are walked only to say which ones are wrong. */
const checkTimestamps = (batch: Buffer, header: BatchHeader, rules: BatchRules): RefusedBatch | null => {
  const { earliestTimestamp, latestTimestamp } = rules
  const { maxTimestamp } = header
  const isWrong = (timestamp: number): boolean => timestamp > latestTimestamp || timestamp < earliestTimestamp
  if (rules.logAppendTime || maxTimestamp < 0 || !isWrong(maxTimestamp)) return null
  const records: number[] = []
  for (const parsed of new BatchCursor(batch)) {
    const reader = new RecordReader(parsed.records())
    for (let index = 0; reader.next(); index++) if (isWrong(reader.timestamp)) records.push(index)
  }
  return failInLog(
    ErrorCode.INVALID_TIMESTAMP,
    `Timestamp ${maxTimestamp} of message is out of range: it should be within [${earliestTimestamp}, ${latestTimestamp}]`,
    records,
  )
}

const readHeader = (batch: Buffer): BatchHeader | undefined => {
  try {
    return readBatchHeader(batch, 0)
  } catch {
    return undefined
  }
}
