/**
 * The dead letter of a record: its raw key, value and headers, and where and why it failed, under the header names of
 * KIP-1034. No stack trace: it differs between the interpreted and the compiled form.
 */
import type { OutputRecord, RecordHeader, WireRecord } from './record.js'

export const DeadLetterHeader = {
  exception: '__streams.errors.exception',
  message: '__streams.errors.message',
  topic: '__streams.errors.topic',
  partition: '__streams.errors.partition',
  offset: '__streams.errors.offset',
} as const

export function deadLetter(topic: string, record: WireRecord, error: unknown): OutputRecord {
  return {
    topic,
    timestamp: record.timestamp,
    key: record.key,
    value: record.value,
    headers: [
      ...record.headers,
      text(DeadLetterHeader.exception, error instanceof Error ? error.name : typeof error),
      text(DeadLetterHeader.message, error instanceof Error ? error.message : String(error)),
      text(DeadLetterHeader.topic, record.topic),
      text(DeadLetterHeader.partition, String(record.partition)),
      text(DeadLetterHeader.offset, String(record.offset)),
    ],
  }
}

const text = (key: string, value: string): RecordHeader => ({ key, value: Buffer.from(value) })
