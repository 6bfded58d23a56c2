/**
 * Writes records that could not be processed to a dead-letter topic: raw key, value and headers, plus the headers of
 * KIP-1034 that tell origin and reason. Its writers are apart from those of the sinks, since a dead letter is written
 * after the record's own outputs were rolled back.
 */
import { RecordTooLargeError, decodeHeaders, encodeHeaders, type HeaderInput } from '../kafka/record-batch/index.js'
import type { OpenOutputs } from './outputs.js'

/** Names of KIP-1034 (Kafka Streams 4.2). */
export const DeadLetterHeader = {
  Exception: '__streams.errors.exception',
  Message: '__streams.errors.message',
  Stacktrace: '__streams.errors.stacktrace',
  Topic: '__streams.errors.topic',
  Partition: '__streams.errors.partition',
  Offset: '__streams.errors.offset',
  /** Ours: the value was too large for the dead-letter topic and was left out. */
  ValueOmitted: '__millrace.errors.value.omitted',
} as const

export interface FailedRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** Header block as records hold it; undefined: none. */
  readonly headers: Buffer | undefined
  readonly error: unknown
}

export class DeadLetters {
  readonly #outputs: OpenOutputs
  #serial = 0

  constructor(outputs: OpenOutputs) {
    this.#outputs = outputs
  }

  get outputs(): OpenOutputs {
    return this.#outputs
  }

  /** Throws when the topic does not exist, or does not take the record even without its value. */
  write(topic: string, record: FailedRecord): void {
    const output = this.#outputs.topic(topic)
    if (output === undefined)
      throw new Error(`the dead-letter topic ${topic} does not exist: create it, or change onError`)
    const { key } = record
    const partition = key === null ? output.stickyPartition() : output.partitionOf(key, 0, key.length)
    const writer = output.writers[partition]
    if (writer === undefined) throw new Error(`dead-letter topic ${topic} has no partition ${partition}`)
    const serial = ++this.#serial
    const append = (value: Buffer | null, extra: readonly HeaderInput[]): void => {
      const headers = encodeHeaders([...originalHeaders(record), ...errorHeaders(record), ...extra])
      const start = writer.beginRecord(serial, record.timestamp, key, 0, key?.length ?? 0, value?.length ?? 0)
      if (value !== null) writer.buffer.set(value, start)
      writer.endRecordWithHeaders(value === null ? -1 : start + value.length, headers, 0, headers.length)
    }
    try {
      append(record.value, [])
    } catch (error) {
      if (!(error instanceof RecordTooLargeError) || record.value === null) throw error
      writer.rollback(serial)
      append(null, [{ key: DeadLetterHeader.ValueOmitted, value: `${record.value.length} bytes: ${error.message}` }])
    }
  }
}

const originalHeaders = ({ headers }: FailedRecord): readonly HeaderInput[] => {
  if (headers === undefined) return []
  try {
    return decodeHeaders(headers)
  } catch {
    return []
  }
}

const errorHeaders = (record: FailedRecord): readonly HeaderInput[] => {
  const { error } = record
  const [name, message, stack] =
    error instanceof Error ? [error.name, error.message, error.stack ?? ''] : ['Error', String(error), '']
  return [
    { key: DeadLetterHeader.Exception, value: name },
    { key: DeadLetterHeader.Message, value: message },
    { key: DeadLetterHeader.Stacktrace, value: stack },
    { key: DeadLetterHeader.Topic, value: record.topic },
    { key: DeadLetterHeader.Partition, value: String(record.partition) },
    { key: DeadLetterHeader.Offset, value: String(record.offset) },
  ]
}
