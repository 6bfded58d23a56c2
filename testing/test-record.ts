/** Records as tests write and read them. */

/** A record to send. */
export interface SentRecord<K, V> {
  /** Default: null, as for a record without a key. */
  readonly key?: K
  readonly value: V
  /** Ms since the epoch, or a Date. Default: the driver's `timestamp` option. */
  readonly timestamp?: number | Date
  readonly headers?: SentHeaders
  /** Default: by the key, as Kafka's producers do; 0 without a key. */
  readonly partition?: number
}

/** Text is sent as UTF-8. An array of pairs can repeat a name. */
export type SentHeaders =
  Readonly<Record<string, string | Uint8Array>> | readonly (readonly [name: string, value: string | Uint8Array])[]

/** A record as bytes, for tests of what a pipeline does with broken ones. */
export interface RawRecord {
  readonly key?: Uint8Array | null
  readonly value: Uint8Array | null
  readonly timestamp?: number | Date
  readonly headers?: SentHeaders
  readonly partition?: number
}

/** A record that the pipeline wrote. */
export interface TestRecord<K, V> {
  readonly key: K
  readonly value: V
  /** Ms since the epoch. */
  readonly timestamp: number
  /** In order; text of the values as UTF-8. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
}
