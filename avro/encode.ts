/**
 * Interpreting encoder: values to bytes. For the interpreter, tests, `produce` and tools; the hot path is generated
 * code, which must accept and refuse the same values and write the same bytes. Two leniences: undefined is null where
 * the schema has a null branch (an optional property of a TypeScript type), and a record may have more properties than
 * the schema has fields. A lone surrogate becomes U+FFFD, as everywhere in JavaScript.
 */
import { BinaryWriter } from './binary-writer.js'
import { decimalToBytes, isDecimal, precisionOf, rescale, type Decimal } from './decimal.js'
import { maxRecordDepth } from './encoded-size.js'
import { quote } from './names.js'
import { describe } from './resolve.js'
import {
  branchName,
  type AvroSchema,
  type FixedSchema,
  type LogicalType,
  type PrimitiveSchema,
  type UnionSchema,
} from './schema.js'
import { branchOf, unionShape, type LongMode } from './union-shape.js'

export interface EncodeOptions {
  /** Default `number`. */
  readonly long?: LongMode
}

/** A value that does not fit its schema. */
export class AvroEncodeError extends Error {
  override readonly name = 'AvroEncodeError'
  constructor(
    /** What is wrong, without place. */
    readonly reason: string,
    /** Path of the field, like `.items[0].price`; empty at the root. */
    readonly path: string,
  ) {
    super(`cannot encode as Avro${path === '' ? '' : ` at ${path}`}: ${reason}`)
  }
}

/** @throws AvroEncodeError with the path of the value that does not fit. */
export function encodeValue(schema: AvroSchema, value: unknown, options: EncodeOptions = {}): Uint8Array {
  const encoder = new Encoder(options.long ?? 'number')
  encoder.value(schema, value)
  return encoder.writer.finish()
}

class Encoder {
  readonly writer = new BinaryWriter()
  private readonly path: string[] = []
  private depth = 0

  constructor(private readonly long: LongMode) {}

  value(schema: AvroSchema, value: unknown): void {
    switch (schema.type) {
      case 'array':
        return this.array(schema.items, value)
      case 'map':
        return this.map(schema.values, value)
      case 'union':
        return this.union(schema, value)
      case 'enum': {
        const index = schema.symbols.findIndex((symbol) => symbol === value)
        if (index < 0) this.fail(`${show(value)} is no symbol of ${schema.name} (${schema.symbols.join(', ')})`)
        return this.writer.long(index)
      }
      case 'fixed':
        return this.writer.raw(this.fixedBytes(schema, value))
      case 'record':
        return this.record(schema, value)
      default:
        return this.primitive(schema, value)
    }
  }

  private primitive(schema: PrimitiveSchema, value: unknown): void {
    const { writer } = this
    switch (schema.type) {
      case 'null':
        return value === null ? undefined : this.mismatch('null', value)
      case 'boolean':
        return typeof value === 'boolean' ? writer.byte(value ? 1 : 0) : this.mismatch('a boolean', value)
      case 'int':
        if (typeof value !== 'number' || value !== (value | 0)) this.mismatch('a whole number of 32 bits', value)
        return writer.long(value)
      case 'long':
        return writer.long(this.longOf(schema, value))
      case 'float':
        return typeof value === 'number' ? writer.float(value) : this.mismatch('a number', value)
      case 'double':
        return typeof value === 'number' ? writer.double(value) : this.mismatch('a number', value)
      case 'string':
        if (typeof value !== 'string') this.mismatch('a string', value)
        return writer.lengthPrefixed(utf8.encode(value))
      case 'bytes':
        if (schema.logical?.kind === 'decimal') return writer.lengthPrefixed(this.decimalBytes(schema.logical, value))
        return value instanceof Uint8Array ? writer.lengthPrefixed(value) : this.mismatch('a Uint8Array', value)
    }
  }

  private longOf(schema: PrimitiveSchema, value: unknown): number | bigint {
    if (schema.logical?.kind === 'timestamp-millis') {
      if (!(value instanceof Date) || Number.isNaN(value.getTime())) this.mismatch('a valid Date', value)
      return value.getTime()
    }
    if (this.long === 'bigint') {
      if (typeof value !== 'bigint' || value !== BigInt.asIntN(64, value)) this.mismatch('a bigint of 64 bits', value)
      return value
    }
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
      this.mismatch('a whole number within ±(2^53 - 1)', value)
    }
    return value
  }

  private fixedBytes(schema: FixedSchema, value: unknown): Uint8Array {
    if (schema.logical?.kind === 'decimal') return this.decimalBytes(schema.logical, value, schema.size)
    if (!(value instanceof Uint8Array)) this.mismatch('a Uint8Array', value)
    if (value.length !== schema.size) this.fail(`${schema.name} has ${schema.size} bytes, the value ${value.length}`)
    return value
  }

  private decimalBytes(logical: LogicalType & { kind: 'decimal' }, value: unknown, size?: number): Uint8Array {
    if (!isDecimal(value)) this.mismatch('a Decimal', value)
    const exact: Decimal | undefined = rescale(value, logical.scale)
    if (exact === undefined) this.fail(`a decimal of scale ${value.scale} does not fit scale ${logical.scale}`)
    if (precisionOf(exact) > logical.precision) this.fail(`the decimal has more than ${logical.precision} digits`)
    return decimalToBytes(exact.unscaled, size) ?? this.fail(`the decimal does not fit ${size} bytes`)
  }

  private array(items: AvroSchema, value: unknown): void {
    if (!Array.isArray(value)) this.mismatch('an array', value)
    if (value.length > 0) this.writer.long(value.length)
    // Not entries(): a hole in the array is an undefined item, which is an error of that item.
    for (let index = 0; index < value.length; index++) {
      this.inside(`[${index}]`, () => this.value(items, value[index]))
    }
    this.writer.byte(0)
  }

  private map(values: AvroSchema, value: unknown): void {
    const entries = Object.entries(this.object(value))
    if (entries.length > 0) this.writer.long(entries.length)
    for (const [key, item] of entries) {
      if (key === '__proto__') this.fail('the map key __proto__ is refused')
      this.writer.lengthPrefixed(utf8.encode(key))
      this.inside(`[${quote(key)}]`, () => this.value(values, item))
    }
    this.writer.byte(0)
  }

  private record(schema: AvroSchema & { type: 'record' }, value: unknown): void {
    if (++this.depth > maxRecordDepth) this.fail(`records nested more than ${maxRecordDepth} deep`)
    const record = this.object(value)
    for (const field of schema.fields) {
      this.inside(`.${field.name}`, () => this.value(field.schema, record[field.name]))
    }
    this.depth--
  }

  private union(schema: UnionSchema, value: unknown): void {
    const shape = unionShape(schema, this.long)
    const branch = branchOf(shape, value === undefined ? null : value)
    const target = branch === undefined ? undefined : schema.branches[branch.index]
    if (branch === undefined || target === undefined) {
      const names = schema.branches.map(branchName)
      const wrapped = shape.wrapped ? `an object { "<branch>": value } for one of ${names.join(', ')}` : undefined
      this.mismatch(wrapped ?? `one of ${schema.branches.map(describe).join(', ')}`, value)
    }
    this.writer.long(branch.index)
    this.value(target, branch.value)
  }

  private object(value: unknown): Readonly<Record<string, unknown>> {
    const plain = typeof value === 'object' && value !== null && !Array.isArray(value)
    if (!plain || value instanceof Uint8Array || value instanceof Date) this.mismatch('an object', value)
    return value as Readonly<Record<string, unknown>>
  }

  private mismatch(expected: string, value: unknown): never {
    this.fail(
      value === undefined ? `the value is missing; expected ${expected}` : `expected ${expected}, not ${show(value)}`,
    )
  }

  private fail(reason: string): never {
    throw new AvroEncodeError(reason, this.path.join(''))
  }

  private inside(segment: string, run: () => void): void {
    this.path.push(segment)
    run()
    this.path.pop()
  }
}

const utf8 = new TextEncoder()

/** A value in a message: its kind, and what of it is short. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quote(value)
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value)
    case 'bigint':
      return `${value}n`
    case 'object':
      if (value === null) return 'null'
      if (Array.isArray(value)) return `an array of ${value.length}`
      if (value instanceof Uint8Array) return `${value.length} bytes`
      return value instanceof Date ? 'a Date' : 'an object'
    default:
      return `a ${typeof value}`
  }
}
