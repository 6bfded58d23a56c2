/** The record of a control batch. Key and value each start with a version; what follows it only ever grows. */
import {
  Reader,
  Writer,
  decodeControlRecordTypeSchema,
  encodeControlRecordTypeSchema,
  encodeEndTxnMarker,
} from '../protocol/index.js'
import type { RecordBatch } from './cursor.js'
import { CorruptBatchError } from './errors.js'
import { RecordReader } from './record-reader.js'

/** `other`: not about transactions, as a quorum's change of leader. */
export type ControlRecordType = 'abort' | 'commit' | 'other'

const VERSION = 0
const TYPE_CODES = { abort: 0, commit: 1 } as const

/** What a control batch says; undefined when compaction has removed its record. */
export const controlTypeOf = (batch: RecordBatch): ControlRecordType | undefined => {
  const reader = new RecordReader(batch.records())
  if (!reader.next()) return undefined
  const key = reader.key()
  if (key === null || key.length < 4) {
    throw new CorruptBatchError(batch.header.baseOffset, 'control record without type')
  }
  const { type } = decodeControlRecordTypeSchema(VERSION, new Reader(key, 2))
  return type === TYPE_CODES.abort ? 'abort' : type === TYPE_CODES.commit ? 'commit' : 'other'
}

const versioned = (write: (writer: Writer) => void): Buffer => {
  const writer = new Writer(16)
  writer.int16(VERSION)
  write(writer)
  return writer.toBuffer()
}

/** Key and value of the record that ends a transaction. */
export const endTransactionMarker = (
  type: 'abort' | 'commit',
  coordinatorEpoch: number,
): { readonly key: Buffer; readonly value: Buffer } => ({
  key: versioned((writer) => {
    encodeControlRecordTypeSchema(VERSION, { type: TYPE_CODES[type] }, writer)
  }),
  value: versioned((writer) => {
    encodeEndTxnMarker(VERSION, { coordinatorEpoch }, writer)
  }),
})
