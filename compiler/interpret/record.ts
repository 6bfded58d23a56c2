/** Records as the interpreter sees them: on a topic (`WireRecord`), between operators (`FlowRecord`), written (`OutputRecord`). */
import type { Wire } from './wire.js'

export interface RecordHeader {
  readonly key: string
  readonly value: Uint8Array | null
}

/** One record of a partition. */
export interface WireRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  /** Ms since the epoch. */
  readonly timestamp: number
  readonly key: Wire
  readonly value: Wire
  readonly headers: readonly RecordHeader[]
}

/** A record on its way through operators; `origin` is what the context of a lambda shows. */
export interface FlowRecord {
  readonly origin: WireRecord
  readonly key: unknown
  readonly value: unknown
  /** Event time, ms since the epoch. */
  readonly timestamp: number
}

/** What records come of that time has made, and no record. */
export function noRecord(partition: number, timestamp: number): WireRecord {
  return { topic: '', partition, offset: -1n, timestamp, key: null, value: null, headers: [] }
}

/** Something that a sink wrote; the partition is chosen where the topic is known. */
export interface OutputRecord {
  readonly topic: string
  readonly timestamp: number
  readonly key: Wire
  readonly value: Wire
  readonly headers: readonly RecordHeader[]
}
