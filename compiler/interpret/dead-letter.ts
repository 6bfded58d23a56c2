/**
 * The dead letter of a record: its raw key, value and headers, and where and why it failed, under the header names of
 * KIP-1034.
 */
import type { OutputRecord, RecordHeader, WireRecord } from './record.js'

export const DeadLetterHeader = {
  exception: '__streams.errors.exception',
  message: '__streams.errors.message',
  stacktrace: '__streams.errors.stacktrace',
  topic: '__streams.errors.topic',
  partition: '__streams.errors.partition',
  offset: '__streams.errors.offset',
} as const

export function deadLetter(topic: string, record: WireRecord, error: unknown): OutputRecord {
  const { name, message, stack } = error instanceof Error ? error : new ThrownValue(error)
  return {
    topic,
    timestamp: record.timestamp,
    key: record.key,
    value: record.value,
    headers: [
      ...record.headers,
      text(DeadLetterHeader.exception, name),
      text(DeadLetterHeader.message, message),
      text(DeadLetterHeader.stacktrace, stack ?? ''),
      text(DeadLetterHeader.topic, record.topic),
      text(DeadLetterHeader.partition, String(record.partition)),
      text(DeadLetterHeader.offset, String(record.offset)),
    ],
  }
}

/** What JavaScript allows to be thrown, as an error without a stack. */
class ThrownValue {
  readonly name = 'Error'
  readonly message: string
  readonly stack = undefined

  constructor(value: unknown) {
    this.message = String(value)
  }
}

const text = (key: string, value: string): RecordHeader => ({ key, value: Buffer.from(value) })
