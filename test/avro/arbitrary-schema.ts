/**
 * Random schemas, values and evolution pairs for property tests. Everything is drawn from one list of numbers through a
 * `Chooser`, so that generators are plain recursive functions, one seed gives one case, and fast-check shrinks a case
 * by shortening the list (an empty list gives the simplest schema).
 */
import fc from '../fast-check.js'
import { decimal } from '../../avro/decimal.js'
import { parseSchemaOrThrow } from '../../avro/parse-schema.js'
import { logicalOf, type AvroSchema, type JsonObject, type JsonValue } from '../../avro/schema.js'
import { unionShape, type LongMode } from '../../avro/union-shape.js'

export class Chooser {
  private index = 0
  constructor(private readonly numbers: readonly number[]) {}

  /** A whole number from 0 to below `limit`; 0 when the list has ended. */
  below(limit: number): number {
    const number = this.numbers[this.index++] ?? 0
    return number % limit
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }

  /** True once in `n` times, never when the list has ended. */
  oneIn(n: number): boolean {
    return this.below(n) === n - 1
  }
}

export function chooser(maxLength = 400): fc.Arbitrary<Chooser> {
  return fc.array(fc.nat({ max: 0x3fffffff }), { maxLength, size: 'max' }).map((numbers) => new Chooser(numbers))
}

export interface Datum {
  readonly schema: AvroSchema
  readonly json: JsonValue
  readonly value: unknown
}

/** A schema with a value of it. */
export function arbitraryDatum(long: LongMode = 'number'): fc.Arbitrary<Datum> {
  return chooser().map((choose) => {
    const json = new SchemaMaker(choose).record()
    const schema = parseSchemaOrThrow(json)
    return { schema, json, value: makeValue(schema, choose, long) }
  })
}

export interface Evolution {
  readonly writer: Datum
  readonly reader: { readonly schema: AvroSchema; readonly json: JsonValue }
}

/** A writer's schema with a value, and a reader's schema that can read all data of the writer. */
export function arbitraryEvolution(long: LongMode = 'number'): fc.Arbitrary<Evolution> {
  return chooser().map((choose) => {
    const maker = new SchemaMaker(choose)
    const json = maker.record()
    const schema = parseSchemaOrThrow(json)
    const value = makeValue(schema, choose, long)
    const readerJson = new Evolver(choose, maker).evolve(json)
    return { writer: { schema, json, value }, reader: { schema: parseSchemaOrThrow(readerJson), json: readerJson } }
  })
}

/** Makes schema JSON; names are unique within one maker. */
export class SchemaMaker {
  private names = 0
  private readonly open: string[] = []
  private readonly closed: string[] = []

  constructor(private readonly choose: Chooser) {}

  fresh(prefix: string): string {
    return `${prefix}${++this.names}`
  }

  record(depth = 3): JsonObject {
    const namespace = this.choose.oneIn(3) ? { namespace: `ns${this.choose.below(3)}` } : {}
    const name = this.fresh('R')
    const fullName = 'namespace' in namespace ? `${namespace.namespace}.${name}` : undefined
    if (fullName !== undefined) this.open.push(fullName)
    const count = 1 + this.choose.below(depth === 3 ? 8 : 4)
    const fields: JsonObject[] = []
    for (let index = 0; index < count; index++) {
      fields.push({ name: this.choose.pick(fieldNames) + String(index), type: this.schema(depth - 1) })
    }
    if (fullName !== undefined) {
      this.open.pop()
      this.closed.push(fullName)
    }
    return { type: 'record', name, ...namespace, fields }
  }

  schema(depth: number): JsonValue {
    const kind = this.choose.below(depth > 0 ? 16 : 8)
    if (kind < 6) return this.choose.pick(primitives)
    switch (kind) {
      case 6:
        return this.choose.pick(logicalTypes)
      case 7:
        return this.leafDefinition()
      case 8:
      case 9:
        return { type: 'array', items: this.schema(depth - 1) }
      case 10:
        return { type: 'map', values: this.schema(depth - 1) }
      case 11:
        return this.reference() ?? this.record(depth - 1)
      case 12:
        return this.record(depth - 1)
      case 13:
      case 14:
        return this.nullable(depth)
      default:
        return this.union(depth)
    }
  }

  leafDefinition(): JsonObject {
    if (this.choose.oneIn(2)) return { type: 'fixed', name: this.fresh('F'), size: this.choose.below(12) + 1 }
    const symbols = ['A', 'BB', 'ccc', '_d', 'E5'].slice(0, 1 + this.choose.below(5))
    return { type: 'enum', name: this.fresh('E'), symbols }
  }

  /** A recursive reference is nullable: else no value would ever end. */
  private reference(): JsonValue | undefined {
    if (this.open.length > 0 && this.choose.oneIn(2)) return ['null', this.choose.pick(this.open)]
    return this.closed.length > 0 ? this.choose.pick(this.closed) : undefined
  }

  private nullable(depth: number): JsonValue {
    const other = this.schema(depth - 1)
    if (Array.isArray(other) || other === 'null') return other
    return this.choose.oneIn(2) ? [other, 'null'] : ['null', other]
  }

  private union(depth: number): JsonValue {
    const branches: JsonValue[] = []
    const seen = new Set<string>()
    for (let count = 1 + this.choose.below(4); count > 0; count--) {
      const branch = this.schema(depth - 1)
      if (Array.isArray(branch)) continue
      const name = typeof branch === 'string' ? branch : branchKey(branch as JsonObject)
      if (!seen.has(name)) branches.push(branch)
      seen.add(name)
    }
    return branches.length > 0 ? branches : 'int'
  }
}

function branchKey(json: JsonObject): string {
  const { name, namespace, type } = json
  if (typeof name !== 'string') return typeof type === 'string' ? type : ''
  return typeof namespace === 'string' ? `${namespace}.${name}` : name
}

const fieldNames = ['a', 'id', 'constructor', 'toString', 'class', '_x', 'longFieldName', 'value']
const primitives = ['int', 'string', 'long', 'boolean', 'double', 'float', 'bytes', 'null']
export const logicalTypes: readonly JsonObject[] = [
  { type: 'long', logicalType: 'timestamp-millis' },
  { type: 'long', logicalType: 'timestamp-micros' },
  { type: 'int', logicalType: 'date' },
  { type: 'int', logicalType: 'time-millis' },
  { type: 'long', logicalType: 'time-micros' },
  { type: 'long', logicalType: 'local-timestamp-millis' },
  { type: 'string', logicalType: 'uuid' },
  { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 },
]

/** A value in the representation of logical-types.ts. */
export function makeValue(schema: AvroSchema, choose: Chooser, long: LongMode, depth = 0): unknown {
  switch (schema.type) {
    case 'array':
      return times(depth > 6 ? 0 : choose.below(4), () => makeValue(schema.items, choose, long, depth + 1))
    case 'map': {
      const map = Object.create(null) as Record<string, unknown>
      for (let count = depth > 6 ? 0 : choose.below(4); count > 0; count--) {
        map[choose.pick(strings)] = makeValue(schema.values, choose, long, depth + 1)
      }
      return map
    }
    case 'union': {
      const shape = unionShape(schema, long)
      const nullAt = shape.branches.findIndex((branch) => branch.shape === 'null')
      const index = depth > 6 && nullAt >= 0 ? nullAt : choose.below(shape.branches.length)
      const branch = shape.branches[index]
      if (branch === undefined) throw new Error('a union without branches has no value')
      const value = makeValue(branch.schema, choose, long, depth + 1)
      return shape.wrapped && branch.shape !== 'null' ? { [branch.name]: value } : value
    }
    case 'enum':
      return choose.pick(schema.symbols)
    case 'fixed':
      return Uint8Array.from(times(schema.size, () => choose.below(256)))
    case 'record':
      return Object.fromEntries(
        schema.fields.map((field) => [field.name, makeValue(field.schema, choose, long, depth + 1)]),
      )
    default:
      return makePrimitive(schema, choose, long)
  }
}

function makePrimitive(schema: AvroSchema, choose: Chooser, long: LongMode): unknown {
  const logical = logicalOf(schema)
  switch (schema.type) {
    case 'null':
      return null
    case 'boolean':
      return choose.oneIn(2)
    case 'int':
      return choose.pick([0, 1, -1, 63, 64, -64, -65, 2147483647, -2147483648, choose.below(1e6)])
    case 'long': {
      if (logical?.kind === 'timestamp-millis') return new Date(choose.pick([0, -1, 1.7e12, 8.64e15, -8.64e15]))
      const value = choose.pick([0, 1, -1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53 - 1, 1 - 2 ** 53, choose.below(1e9)])
      return long === 'number' ? value : choose.oneIn(4) ? choose.pick([2n ** 63n - 1n, -(2n ** 63n)]) : BigInt(value)
    }
    case 'float':
      return choose.pick([0, 1.5, -0.25, Infinity, -Infinity, NaN, Math.fround(choose.below(1e6) / 7)])
    case 'double':
      return choose.pick([0, 0.1, -1e300, 5e-324, Infinity, -Infinity, NaN, choose.below(1e6) / 7])
    case 'string':
      return choose.pick(strings)
    default:
      if (logical?.kind === 'decimal') {
        return decimal(BigInt(choose.below(1e9)) * (choose.oneIn(2) ? -1n : 1n), logical.scale)
      }
      return Uint8Array.from(times(choose.below(9), () => choose.below(256)))
  }
}

const strings = [
  '',
  'a',
  'hello world',
  'zürich',
  '漢字',
  '😀',
  '"\\\n',
  'x'.repeat(70),
  'constructor',
  'hasOwnProperty',
]

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

/** Changes a schema in ways that keep it able to read data of the original. */
class Evolver {
  /** Definitions are written once, so that an evolved type stays one type wherever it is referred to. */
  constructor(
    private readonly choose: Chooser,
    private readonly maker: SchemaMaker,
  ) {}

  evolve(json: JsonValue, inUnion = false): JsonValue {
    if (Array.isArray(json)) return this.union(json as readonly JsonValue[])
    if (typeof json === 'string') return inUnion ? json : this.promote(json)
    const object = json as JsonObject
    switch (object['type']) {
      case 'array':
        return { ...object, items: this.evolve(object['items'] ?? 'null') }
      case 'map':
        return { ...object, values: this.evolve(object['values'] ?? 'null') }
      case 'record':
        return this.record(object)
      case 'enum':
        return this.enumeration(object)
      default:
        return object
    }
  }

  private promote(type: string): JsonValue {
    const wider: Readonly<Record<string, readonly string[]>> = {
      int: ['long', 'float', 'double'],
      long: ['float', 'double'],
      float: ['double'],
      string: ['bytes'],
    }
    const targets = wider[type]
    if (targets !== undefined && this.choose.oneIn(4)) return this.choose.pick(targets)
    return type !== 'null' && primitives.includes(type) && this.choose.oneIn(6) ? ['null', type] : type
  }

  private union(branches: readonly JsonValue[]): JsonValue {
    const evolved = branches.map((branch) => this.evolve(branch, true))
    // Only branches to which nothing promotes, so that the choice of branch is never in question.
    if (this.choose.oneIn(3)) evolved.push(this.maker.leafDefinition())
    if (!evolved.includes('boolean') && this.choose.oneIn(3)) evolved.unshift('boolean')
    return evolved
  }

  private record(json: JsonObject): JsonObject {
    const kept: JsonValue[] = []
    for (const item of json['fields'] as readonly JsonObject[]) {
      if (this.choose.oneIn(4) && !definesNames(item['type'] ?? 'null')) continue
      const name = typeof item['name'] === 'string' ? item['name'] : ''
      const renamed = this.choose.oneIn(5) ? { ...item, name: `${name}_new`, aliases: [name] } : item
      kept.push({ ...renamed, type: this.evolve(item['type'] ?? 'null') })
    }
    if (this.choose.oneIn(3)) kept.push({ name: 'added', ...this.choose.pick(defaulted) })
    const movable = kept.every((field) => !definesNames((field as JsonObject)['type'] ?? 'null'))
    return { ...json, fields: movable && this.choose.oneIn(3) ? kept.reverse() : kept }
  }

  private enumeration(json: JsonObject): JsonObject {
    const symbols = json['symbols'] as readonly string[]
    if (this.choose.oneIn(3)) return { ...json, symbols: ['first', ...symbols] }
    if (symbols.length > 1 && this.choose.oneIn(3)) {
      return { ...json, symbols: symbols.slice(1), default: symbols[1] ?? '' }
    }
    return json
  }
}

/** Whether a type holds a definition or a name: order matters then, since names are defined before use. */
function definesNames(json: JsonValue): boolean {
  const text = JSON.stringify(json)
  return text.includes('"name"') || /"(ns\d\.)?[RFE]\d+"/.test(text)
}

const defaulted: readonly JsonObject[] = [
  { type: 'int', default: 42 },
  { type: 'string', default: 'zürich' },
  { type: ['null', 'string'], default: null },
  { type: ['string', 'null'], default: 'x' },
  { type: { type: 'array', items: 'double' }, default: [1.5, 2.5] },
  { type: { type: 'map', values: 'long' }, default: { k: 7 } },
  { type: 'bytes', default: '\u0000\u00ff' },
  { type: 'boolean', default: true },
]
