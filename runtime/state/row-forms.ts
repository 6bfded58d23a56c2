/**
 * The forms that rows of a store were written in. State outlives the code that wrote it: beside each row of a changelog
 * and in each snapshot stands its form, and rows of an older one are rewritten by schema resolution as they are restored.
 */
import { decodeResolved } from '../../avro/decode.js'
import { encodeValue } from '../../avro/encode.js'
import { parseSchemaOrThrow } from '../../avro/parse-schema.js'
import { resolveSchemas } from '../../avro/resolve.js'
import type { ManifestContents, ManifestStateSerde } from '../abi/index.js'

/** Rewrites the value of a row in the present form. */
export type RewriteRow = (buffer: Buffer, start: number, end: number) => Buffer

/** Rows in a form that this build does not know: another one has written them. */
export class UnknownRowsError extends Error {
  override name = 'UnknownRowsError'
}

export class RowForms {
  /** 0: rows carry no form. */
  readonly current: number
  readonly #value: ManifestStateSerde | undefined
  readonly #older: ManifestContents['older']
  readonly #rewrites = new Map<number, RewriteRow | undefined>()

  constructor(contents: ManifestContents | undefined) {
    this.current = contents?.rows ?? 0
    this.#value = contents?.value
    this.#older = contents?.older ?? []
    // Rows of before forms were told are as they are now.
    this.#rewrites.set(0, undefined)
    this.#rewrites.set(this.current, undefined)
  }

  /** What is to be done with rows of a form; undefined: nothing. Throws UnknownRowsError. */
  rewriteOf(form: number): RewriteRow | undefined {
    if (this.#rewrites.has(form)) return this.#rewrites.get(form)
    const found = this.#older.find(({ rows }) => rows === form)
    if (found === undefined || this.#value === undefined) {
      throw new UnknownRowsError(
        'its rows are in a form that this build does not know: a newer version of the pipeline has written them, ' +
          'or the topology lock that it was built with does not tell them',
      )
    }
    const rewrite = resolving(found.value, this.#value)
    this.#rewrites.set(form, rewrite)
    return rewrite
  }
}

const resolving = (writer: ManifestStateSerde, reader: ManifestStateSerde): RewriteRow | undefined => {
  if (writer.kind !== 'avro' || reader.kind !== 'avro') {
    if (writer.kind === reader.kind) return undefined
    throw new UnknownRowsError(`its rows are ${writer.kind}, and this build wants ${reader.kind}`)
  }
  const schema = parseSchemaOrThrow(reader.schema)
  const { resolution, errors } = resolveSchemas(parseSchemaOrThrow(writer.schema), schema, { logicalTypes: 'ignore' })
  if (errors.length > 0) throw new UnknownRowsError(`its rows cannot be read: ${String(errors[0]?.message)}`)
  // Longs as bigint: none loses precision on its way.
  return (buffer, start, end) => {
    const value = decodeResolved(resolution, buffer.subarray(start, end), 'bigint')
    return Buffer.from(encodeValue(schema, value, { long: 'bigint' }))
  }
}
