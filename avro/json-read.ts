/** Readable JSON to values: see json.ts. All errors of a document at once, each with the path of its field. */
import { isDecimal, parseDecimal, precisionOf, rescale, type Decimal } from './decimal.js'
import { defaultValue } from './default-value.js'
import { show } from './encode.js'
import { parseDay, parseInstant, parseMicros, parseTimeOfDay } from './iso-time.js'
import { quote } from './names.js'
import { describe } from './resolve.js'
import {
  branchName,
  type AvroSchema,
  type FixedSchema,
  type JsonObject,
  type JsonValue,
  type PrimitiveSchema,
  type RecordSchema,
  type SchemaProblem,
  type UnionSchema,
} from './schema.js'
import { unionShape, type LongMode, type UnionShape } from './union-shape.js'

export interface JsonOptions {
  /** How longs are represented in values; default `number`. */
  readonly long?: LongMode
}

export type JsonReadResult =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly errors: readonly SchemaProblem[] }

/** A value that encodeValue takes. Paths of errors are relative to the document: `items[2].price`, empty at the root. */
export function fromJson(schema: AvroSchema, json: JsonValue, options: JsonOptions = {}): JsonReadResult {
  const reader = new JsonReader(options.long ?? 'number')
  const value = reader.read(schema, json, '')
  return reader.errors.length > 0 ? { ok: false, errors: reader.errors } : { ok: true, value }
}

class JsonReader {
  errors: SchemaProblem[] = []
  constructor(private readonly long: LongMode) {}

  read(schema: AvroSchema, json: JsonValue, path: string): unknown {
    switch (schema.type) {
      case 'array':
        if (!isList(json)) return this.mismatch(path, 'an array', json)
        return json.map((item, index) => this.read(schema.items, item, `${path}[${index}]`))
      case 'map': {
        if (!isObject(json)) return this.mismatch(path, 'an object', json)
        const map = Object.create(null) as Record<string, unknown>
        for (const [key, item] of Object.entries(json)) {
          if (key === '__proto__') this.fail(path, 'the map key __proto__ is refused')
          else map[key] = this.read(schema.values, item, `${path}[${quote(key)}]`)
        }
        return map
      }
      case 'union':
        return this.union(schema, json, path)
      case 'enum':
        if (typeof json === 'string' && schema.symbols.includes(json)) return json
        return this.mismatch(path, `one of ${schema.symbols.join(', ')}`, json)
      case 'record':
        return this.record(schema, json, path)
      case 'fixed': {
        if (schema.logical?.kind === 'decimal') return this.decimal(schema.logical, json, path)
        const bytes = this.bytes(json, path)
        if (bytes !== undefined && bytes.length !== schema.size) this.fail(path, fixedMessage(schema, bytes))
        return bytes
      }
      default:
        return this.primitive(schema, json, path)
    }
  }

  private primitive(schema: PrimitiveSchema, json: JsonValue, path: string): unknown {
    switch (schema.type) {
      case 'null':
        return json === null ? null : this.mismatch(path, 'null', json)
      case 'boolean':
        return typeof json === 'boolean' ? json : this.mismatch(path, 'true or false', json)
      case 'string':
        return typeof json === 'string' ? json : this.mismatch(path, 'a string', json)
      case 'bytes':
        if (schema.logical?.kind === 'decimal') return this.decimal(schema.logical, json, path)
        return this.bytes(json, path)
      case 'float':
      case 'double':
        if (typeof json === 'number') return json
        if (json === 'NaN' || json === 'Infinity' || json === '-Infinity') return Number(json)
        return this.mismatch(path, 'a number', json)
      case 'int':
        return this.int(schema, json, path)
      case 'long':
        return this.longValue(schema, json, path)
    }
  }

  private int(schema: PrimitiveSchema, json: JsonValue, path: string): unknown {
    const kind = schema.logical?.kind
    let value: JsonValue | undefined = json
    if (typeof json === 'string' && kind === 'date') value = parseDay(json)
    if (typeof json === 'string' && kind === 'time-millis') value = parseTimeOfDay(json, 3)
    if (typeof value === 'number' && value === (value | 0)) return value
    return this.mismatch(path, `${intTexts[kind ?? ''] ?? ''}a whole number of 32 bits`, json)
  }

  private longValue(schema: PrimitiveSchema, json: JsonValue, path: string): unknown {
    const kind = schema.logical?.kind
    if (kind === 'timestamp-millis') {
      const millis = typeof json === 'string' ? parseInstant(json) : json
      const date = new Date(typeof millis === 'number' && Number.isInteger(millis) ? millis : NaN)
      if (!Number.isNaN(date.getTime())) return date
      return this.mismatch(path, 'an instant like "2026-01-31T12:30:00.000Z", or milliseconds since the epoch', json)
    }
    let value: bigint | undefined
    if (typeof json === 'number' && Number.isSafeInteger(json)) value = BigInt(json)
    else if (typeof json === 'string') value = longFromText(kind, json)
    if (value === undefined || value !== BigInt.asIntN(64, value)) {
      return this.mismatch(
        path,
        `${longTexts[kind ?? ''] ?? ''}a whole number of 64 bits (beyond 2^53 as a string)`,
        json,
      )
    }
    if (this.long === 'bigint') return value
    if (Number.isSafeInteger(Number(value))) return Number(value)
    return this.fail(path, `${value} is beyond 2^53 - 1: choose bigint for the longs of the subject`)
  }

  private decimal(logical: { precision: number; scale: number }, json: JsonValue, path: string): unknown {
    const text = typeof json === 'number' ? String(json) : json
    const value = typeof text === 'string' ? parseDecimal(text) : undefined
    if (!isDecimal(value)) return this.mismatch(path, 'a decimal like "12.30"', json)
    const exact: Decimal | undefined = rescale(value, logical.scale)
    if (exact !== undefined && precisionOf(exact) <= logical.precision) return exact
    return this.fail(path, `${show(json)} does not fit decimal(${logical.precision}, ${logical.scale})`)
  }

  private bytes(json: JsonValue, path: string): Uint8Array | undefined {
    if (typeof json === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(json) && json.length % 4 === 0) {
      return new Uint8Array(Buffer.from(json, 'base64'))
    }
    this.mismatch(path, 'base64 text', json)
    return undefined
  }

  private record(schema: RecordSchema, json: JsonValue, path: string): unknown {
    if (!isObject(json)) return this.mismatch(path, `an object (${describe(schema)})`, json)
    const names = schema.fields.map((field) => field.name)
    for (const key of Object.keys(json)) {
      if (!names.includes(key))
        this.fail(join(path, key), `no such field in ${schema.name}; its fields: ${names.join(', ')}`)
    }
    const entries = schema.fields.map((field): [string, unknown] => {
      const inner = join(path, field.name)
      const given = Object.hasOwn(json, field.name) ? json[field.name] : undefined
      if (given !== undefined) return [field.name, this.read(field.schema, given, inner)]
      if (field.default === undefined)
        return [field.name, this.fail(inner, `missing, and without default; expected ${describe(field.schema)}`)]
      const result = defaultValue(field.schema, field.default.json, this.long)
      return [field.name, result.ok ? result.value : this.fail(inner, `bad default: ${result.message}`)]
    })
    return Object.fromEntries(entries)
  }

  private union(schema: UnionSchema, json: JsonValue, path: string): unknown {
    const shape = unionShape(schema, this.long)
    const attempts: (readonly SchemaProblem[])[] = []
    for (const { index, json: candidate } of candidates(shape, json)) {
      const branch = shape.branches[index]
      if (branch === undefined) continue
      const { value, errors } = this.attempt(branch.schema, candidate, path)
      if (errors.length === 0) return shape.wrapped && branch.shape !== 'null' ? { [branch.name]: value } : value
      if (branch.shape !== 'null') attempts.push(errors)
    }
    const [only] = attempts
    if (attempts.length === 1 && only !== undefined && json !== null) {
      this.errors.push(...only)
      return undefined
    }
    const names = schema.branches.map(branchName)
    const expected = shape.wrapped ? names.map((name) => (name === 'null' ? name : `{"${name}": …}`)) : names
    return this.mismatch(path, `one of ${expected.join(', ')}`, json)
  }

  /** Reads without keeping the errors. */
  attempt(schema: AvroSchema, json: JsonValue, path: string): { value: unknown; errors: readonly SchemaProblem[] } {
    const before = this.errors
    this.errors = []
    const value = this.read(schema, json, path)
    const { errors } = this
    this.errors = before
    return { value, errors }
  }

  private mismatch(path: string, expected: string, json: JsonValue): undefined {
    return this.fail(path, `expected ${expected}, not ${show(json)}`)
  }

  private fail(path: string, message: string): undefined {
    this.errors.push({ path, message })
    return undefined
  }
}

/** The branch that bare or wrapped JSON is read as: printing wraps what would be taken for another. */
export function branchOfJson(schema: UnionSchema, json: JsonValue, long: LongMode): number | undefined {
  const shape = unionShape(schema, long)
  const reader = new JsonReader(long)
  for (const { index, json: candidate } of candidates(shape, json)) {
    const branch = shape.branches[index]
    if (branch !== undefined && reader.attempt(branch.schema, candidate, '').errors.length === 0) return index
  }
  return undefined
}

/**
 * In which branches to try JSON: first as {"string": "x"}, which is required in ambiguous unions and understood in all,
 * then bare, in the order of the branches.
 */
function candidates(shape: UnionShape, json: JsonValue): readonly { index: number; json: JsonValue }[] {
  const [entry, ...others] = isObject(json) ? Object.entries(json) : []
  const named =
    entry === undefined || others.length > 0 ? -1 : shape.branches.findIndex(({ name }) => name === entry[0])
  const wrapped = entry === undefined || named < 0 ? [] : [{ index: named, json: entry[1] }]
  const bare = shape.branches.flatMap((branch, index) =>
    shape.wrapped && branch.shape !== 'null' ? [] : [{ index, json }],
  )
  return [...wrapped, ...bare]
}

const intTexts: Readonly<Record<string, string>> = {
  date: 'a day like "2026-01-31", or ',
  'time-millis': 'a time of day like "12:30:00.123", or ',
}
const longTexts: Readonly<Record<string, string>> = {
  'time-micros': 'a time of day like "12:30:00.123456", or ',
  'timestamp-micros': 'an instant like "2026-01-31T12:30:00.123456Z", or ',
}

function longFromText(kind: string | undefined, text: string): bigint | undefined {
  if (/^-?\d{1,20}$/.test(text)) return BigInt(text)
  if (kind === 'timestamp-micros') return parseMicros(text)
  const time = kind === 'time-micros' ? parseTimeOfDay(text, 6) : undefined
  return time === undefined ? undefined : BigInt(time)
}

function fixedMessage(schema: FixedSchema, bytes: Uint8Array): string {
  return `${schema.name} has ${schema.size} bytes, the text ${bytes.length}`
}

function join(path: string, field: string): string {
  return path === '' ? field : `${path}.${field}`
}

function isList(json: JsonValue): json is readonly JsonValue[] {
  return Array.isArray(json)
}

function isObject(json: JsonValue): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}
