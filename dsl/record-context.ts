/** Record headers. Names may repeat, as in Kafka. */
export interface Headers {
  /** Value of the last header with that name. */
  get(name: string): Uint8Array | undefined
  /** Value of the last header with that name, as UTF-8 text. */
  text(name: string): string | undefined
  /** Values of all headers with that name, in order. */
  getAll(name: string): Uint8Array[]
}

/**
 * What a lambda knows of its record besides the value.
 * Reading only what is needed keeps the compiled code fast: each field is decoded only where some lambda reads it.
 */
export interface RecordContext<K> {
  /** The record's key at this place of the pipeline (`selectKey` changes it). */
  readonly key: K
  /** Event time in ms since the epoch: the topic's `timestamp` extractor, else the record's own time stamp. */
  readonly timestamp: number
  readonly headers: Headers
  /** Topic that the record was read from. */
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
}
