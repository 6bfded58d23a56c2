/** Values to readable JSON: see json.ts. */
import { isDecimal } from './decimal.js'
import { formatDay, formatMicros, formatTimeOfDay } from './iso-time.js'
import { branchOfJson, type JsonOptions } from './json-read.js'
import { branchName, logicalOf, type AvroSchema, type JsonValue, type UnionSchema } from './schema.js'
import { branchOf, unionShape, type LongMode } from './union-shape.js'

/** JSON of a value that fits the schema (a decoded one); throws TypeError on any other, which is a bug of the caller. */
export function toJson(schema: AvroSchema, value: unknown, options: JsonOptions = {}): JsonValue {
  const long = options.long ?? 'number'
  switch (schema.type) {
    case 'array':
      return (value as readonly unknown[]).map((item) => toJson(schema.items, item, options))
    case 'map':
      return Object.fromEntries(
        Object.entries(value as object).map(([key, item]) => [key, toJson(schema.values, item, options)]),
      )
    case 'record': {
      const record = value as Readonly<Record<string, unknown>>
      return Object.fromEntries(
        schema.fields.map((field) => [field.name, toJson(field.schema, record[field.name], options)]),
      )
    }
    case 'union': {
      const shape = unionShape(schema, long)
      const found = branchOf(shape, value ?? null)
      const branch = shape.branches[found?.index ?? -1]
      if (found === undefined || branch === undefined) throw new TypeError('the value is of no branch of its union')
      const json = toJson(branch.schema, found.value, options)
      if (branch.shape === 'null') return json
      return shape.wrapped || isTakenForAnother(schema, found.index, json, long) ? { [branch.name]: json } : json
    }
    default:
      return scalar(schema, value)
  }
}

/** JSON has fewer shapes than values: a base64 text reads as a string where the union has both. */
function isTakenForAnother(schema: UnionSchema, index: number, json: JsonValue, long: LongMode): boolean {
  const alone = schema.branches.length <= 2 && schema.branches.some((branch) => branch.type === 'null')
  // Reading costs as much as printing, at each level; T | null needs it only for {"T": …}.
  const keys = typeof json === 'object' && json !== null ? Object.keys(json) : []
  if (alone && keys.length !== 1) return false
  return branchOfJson(schema, json, long) !== index || isUnwrapped(schema, index, keys)
}

/** The JSON would be read as a wrapper around something else of the same branch. */
function isUnwrapped(schema: UnionSchema, index: number, keys: readonly string[]): boolean {
  const branch = schema.branches[index]
  return keys.length === 1 && branch !== undefined && keys[0] === branchName(branch)
}

function scalar(schema: AvroSchema, value: unknown): JsonValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64')
  if (isDecimal(value)) return value.toString()
  if (value instanceof Date) return isoOf(value) ?? value.getTime()
  if (typeof value !== 'number' && typeof value !== 'bigint') throw new TypeError(`no value of ${schema.type}`)
  return timeText(schema, value) ?? number(value)
}

function timeText(schema: AvroSchema, value: number | bigint): string | undefined {
  switch (logicalOf(schema)?.kind) {
    case 'date':
      return formatDay(Number(value))
    case 'time-millis':
      return formatTimeOfDay(Number(value), 3)
    case 'time-micros':
      return formatTimeOfDay(Number(value), 6)
    case 'timestamp-micros':
      return formatMicros(BigInt(value))
    default:
      return undefined
  }
}

function number(value: number | bigint): JsonValue {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  return Number.isFinite(value) ? value : String(value)
}

function isoOf(date: Date): string | undefined {
  const text = date.toISOString()
  return text.length === 24 ? text : undefined
}
