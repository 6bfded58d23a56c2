/**
 * Types of generated pipelines: what lambdas know of values. Each has a TypeScript text and an Avro schema; fields of
 * kind `passed` are random Avro types that lambdas pass on and never look into.
 */
import type { JsonObject, JsonValue } from '../../../avro/schema.js'
import type { LongMode } from '../../../avro/union-shape.js'
import type { Chooser, SchemaMaker } from '../../avro/arbitrary-schema.js'

export type ValueKind =
  | { readonly kind: 'number'; readonly avro: 'int' | 'long' | 'float' | 'double' }
  | { readonly kind: 'string' | 'boolean' | 'date' }
  | { readonly kind: 'enum'; readonly symbols: readonly string[]; readonly name: string }
  | { readonly kind: 'nullable'; readonly inner: ValueKind }
  | { readonly kind: 'array'; readonly items: ValueKind }
  | { readonly kind: 'record'; readonly name: string; readonly fields: readonly KindField[] }
  | { readonly kind: 'passed'; readonly schema: JsonValue; readonly text: string }

export interface KindField {
  readonly name: string
  readonly type: ValueKind
}

export const STRING: ValueKind = { kind: 'string' }
export const BOOLEAN: ValueKind = { kind: 'boolean' }
export const DOUBLE: ValueKind = { kind: 'number', avro: 'double' }
export const NULLABLE_DOUBLE: ValueKind = { kind: 'nullable', inner: DOUBLE }

const FIELD_NAMES = [
  'id',
  'amount',
  'note',
  'status',
  'at',
  'customer',
  'items',
  'total',
  'flag',
  'label',
  'size',
  'city',
]

/** A record type of a source: mostly what lambdas work with, some that they only pass on. */
export function makeRecord(
  choose: Chooser,
  maker: SchemaMaker,
  long: LongMode,
  depth = 2,
): Extract<ValueKind, { kind: 'record' }> {
  const name = maker.fresh('Rec')
  const count = 1 + choose.below(depth === 2 ? 7 : 3)
  const start = choose.below(FIELD_NAMES.length)
  const fields: KindField[] = []
  for (let i = 0; i < count; i++) {
    const field = FIELD_NAMES[(start + i) % FIELD_NAMES.length] ?? 'id'
    fields.push({ name: field, type: makeKind({ choose, maker, long }, depth, `${name}['${field}']`) })
  }
  return { kind: 'record', name, fields }
}

interface Maker {
  readonly choose: Chooser
  readonly maker: SchemaMaker
  readonly long: LongMode
}

function makeKind(made: Maker, depth: number, text: string): ValueKind {
  const { choose, maker, long } = made
  switch (choose.below(depth > 0 ? 14 : 9)) {
    case 0:
    case 1:
      return STRING
    case 2:
      return DOUBLE
    case 3:
      return { kind: 'number', avro: 'int' }
    case 4:
      if (choose.oneIn(2)) return { kind: 'number', avro: 'float' }
      // Lambdas do not calculate with bigints.
      return long === 'bigint' ? { kind: 'passed', schema: 'long', text } : { kind: 'number', avro: 'long' }
    case 5:
      return BOOLEAN
    case 6:
      return { kind: 'date' }
    case 7:
      return { kind: 'enum', symbols: ['NEW', 'PAID', 'GONE'].slice(0, 1 + choose.below(3)), name: maker.fresh('Enum') }
    case 8:
    case 9:
      return nullable(made, depth, text)
    case 10:
      return { kind: 'array', items: makeKind(made, depth - 1, `${text}[number]`) }
    case 11:
      return makeRecord(choose, maker, long, depth - 1)
    case 12:
      return { kind: 'passed', schema: maker.schema(1), text }
    default:
      return STRING
  }
}

function nullable(made: Maker, depth: number, text: string): ValueKind {
  const inner = makeKind(made, depth - 1, `NonNullable<${text}>`)
  return inner.kind === 'nullable' || inner.kind === 'passed' ? inner : { kind: 'nullable', inner }
}

export function avroSchema(type: ValueKind): JsonValue {
  switch (type.kind) {
    case 'number':
      return type.avro
    case 'string':
    case 'boolean':
      return type.kind
    case 'date':
      return { type: 'long', logicalType: 'timestamp-millis' }
    case 'enum':
      return { type: 'enum', name: type.name, symbols: type.symbols }
    case 'nullable':
      return ['null', avroSchema(type.inner)]
    case 'array':
      return { type: 'array', items: avroSchema(type.items) }
    case 'record':
      return recordSchema(type)
    case 'passed':
      return type.schema
  }
}

export function recordSchema(type: Extract<ValueKind, { kind: 'record' }>): JsonObject {
  const fields = type.fields.map((field) => ({ name: field.name, type: avroSchema(field.type) }))
  return { type: 'record', name: type.name, fields }
}

/** TypeScript of a type that is not from the lock: what `json<…>()` and `avro<…>()` are given. */
export function typeText(type: ValueKind): string {
  switch (type.kind) {
    case 'number':
      return 'number'
    case 'string':
    case 'boolean':
      return type.kind
    case 'date':
      return 'Date'
    case 'enum':
      return type.symbols.map((symbol) => `'${symbol}'`).join(' | ')
    case 'nullable':
      return `${typeText(type.inner)} | null`
    case 'array':
      return `readonly (${typeText(type.items)})[]`
    case 'record':
      return `{ ${type.fields.map((field) => `readonly ${field.name}: ${typeText(field.type)}`).join('; ')} }`
    case 'passed':
      return type.text
  }
}
