/** The second argument of lambdas, made anew for each call: nobody can keep state in it. */
import type { FlowRecord, RecordHeader } from './record.js'

class RecordHeaders {
  readonly #headers: readonly RecordHeader[]

  constructor(headers: readonly RecordHeader[]) {
    this.#headers = headers
  }

  /** The last header of that name, as Kafka's `lastHeader`. */
  get(name: string): Uint8Array | undefined {
    return this.#headers.findLast((header) => header.key === name)?.value ?? undefined
  }

  text(name: string): string | undefined {
    const value = this.get(name)
    return value === undefined ? undefined : Buffer.from(value).toString()
  }

  getAll(name: string): Uint8Array[] {
    return this.#headers.flatMap((header) => (header.key === name && header.value !== null ? [header.value] : []))
  }
}

export interface InterpretedContext {
  readonly key: unknown
  readonly timestamp: number
  readonly headers: RecordHeaders
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
}

export function recordContext(record: FlowRecord): InterpretedContext {
  const { topic, partition, offset, headers } = record.origin
  return { key: record.key, timestamp: record.timestamp, headers: new RecordHeaders(headers), topic, partition, offset }
}
