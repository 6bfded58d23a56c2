/** The record at the head of an input, taken apart, for the policy of record errors. */
import { RecordReader } from '../kafka/record-batch/index.js'
import type { FailedRecord } from './dead-letter.js'
import type { TaskInput } from './task-input.js'

export interface HeadRecord extends FailedRecord {
  /** Byte position of the record behind it. */
  readonly nextPosition: number
}

/** Throws CorruptBatchError when not even its lengths make sense. */
export const headRecord = (input: TaskInput, error: unknown): HeadRecord => {
  const { section, source } = input
  if (section === undefined) throw new Error('no section is open')
  const reader = new RecordReader({ ...section, start: input.position, count: 1 })
  reader.next()
  return {
    topic: source.topic,
    partition: source.partition,
    offset: reader.offset,
    timestamp: reader.timestamp,
    key: reader.key(),
    value: reader.value(),
    headers: section.buffer.subarray(reader.headersStart, reader.headersEnd),
    error,
    nextPosition: reader.position,
  }
}
