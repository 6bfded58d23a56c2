/** The record of a control batch: its key says what it is. */
import type { RecordBatch } from './cursor.js'
import { CorruptBatchError } from './errors.js'
import { RecordReader } from './record-reader.js'

export type ControlRecordType = 'abort' | 'commit' | 'other'

/** Numbers of the key's type field. */
export const CONTROL_TYPE = { abort: 0, commit: 1 } as const

/** What a control batch says; undefined when compaction has removed its record. */
export const controlTypeOf = (batch: RecordBatch): ControlRecordType | undefined => {
  const reader = new RecordReader(batch.records())
  if (!reader.next()) return undefined
  const key = reader.key()
  if (key === null || key.length < 4)
    throw new CorruptBatchError(batch.header.baseOffset, 'control record without type')
  const type = key.readInt16BE(2)
  return type === CONTROL_TYPE.abort ? 'abort' : type === CONTROL_TYPE.commit ? 'commit' : 'other'
}
