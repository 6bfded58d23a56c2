/** Headers of the input record as lambdas see them (`ctx.headers`), and header blocks of records that set their own. */
import { decodeHeaders, encodeHeaders, type Header } from '../kafka/record-batch/index.js'

/** The bytes are looked at when somebody asks; values are copies. */
export class RecordHeaders {
  #headers: readonly Header[] | undefined

  constructor(
    private readonly bytes: Buffer,
    private readonly start: number,
    private readonly end: number,
  ) {}

  /** The last header of that name, as Kafka's `lastHeader`. */
  get(name: string): Uint8Array | undefined {
    const value = this.#list().findLast((header) => header.key === name)?.value
    return value === undefined || value === null ? undefined : Uint8Array.from(value)
  }

  text(name: string): string | undefined {
    const value = this.get(name)
    return value === undefined ? undefined : Buffer.from(value).toString()
  }

  getAll(name: string): Uint8Array[] {
    return this.#list().flatMap((header) =>
      header.key === name && header.value !== null ? [Uint8Array.from(header.value)] : [],
    )
  }

  #list(): readonly Header[] {
    return (this.#headers ??= decodeHeaders(this.bytes, this.start, this.end))
  }
}

/** The header block of what an author's function gave. */
export function headerBlock(headers: unknown): Buffer {
  if (typeof headers !== 'object' || headers === null)
    throw new TypeError('the headers set for the record are no object')
  return encodeHeaders(Object.entries(headers).map(([key, value]) => ({ key, value: headerValue(key, value) })))
}

function headerValue(key: string, value: unknown): string | Uint8Array {
  if (typeof value === 'string' || value instanceof Uint8Array) return value
  throw new TypeError(`header ${JSON.stringify(key)} is neither a string nor a Uint8Array`)
}
