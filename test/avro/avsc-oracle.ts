/**
 * avsc as an oracle: schemas as avsc types with unions always wrapped, longs as bigint and no logical types, and our
 * values in that form.
 */
import avsc from 'avsc'
import { printSchema } from '../../avro/print-schema.js'
import { isDecimal, decimalToBytes } from '../../avro/decimal.js'
import { resolveSchemas, type Resolution } from '../../avro/resolve.js'
import { branchName, type AvroSchema } from '../../avro/schema.js'
import { branchOf, unionShape, type LongMode } from '../../avro/union-shape.js'

const bigLong = avsc.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const buffer = Buffer.alloc(8)
    buffer.writeBigInt64LE(value)
    return buffer
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
})

export function avscType(schema: AvroSchema): avsc.Type {
  return avsc.Type.forSchema(printSchema(schema) as avsc.Schema, {
    wrapUnions: 'always',
    omitRecordMethods: true,
    typeHook: (json: unknown) => {
      const type = typeof json === 'object' && json !== null && 'type' in json ? json.type : json
      return type === 'long' ? bigLong : undefined
    },
  })
}

/** Our value as avsc holds it. */
export function toAvsc(schema: AvroSchema, value: unknown, long: LongMode): unknown {
  switch (schema.type) {
    case 'array':
      return (value as readonly unknown[]).map((item) => toAvsc(schema.items, item, long))
    case 'map':
      return mapValues(value as object, (item) => toAvsc(schema.values, item, long))
    case 'union': {
      const shape = unionShape(schema, long)
      const found = branchOf(shape, value)
      const branch = shape.branches[found?.index ?? -1]
      if (found === undefined || branch === undefined) throw new Error('the value has no branch')
      return branch.shape === 'null' ? null : { [branch.name]: toAvsc(branch.schema, found.value, long) }
    }
    case 'record': {
      const record = value as Readonly<Record<string, unknown>>
      return Object.fromEntries(
        schema.fields.map((field) => [field.name, toAvsc(field.schema, record[field.name], long)]),
      )
    }
    case 'long':
      return BigInt(value instanceof Date ? value.getTime() : (value as number | bigint))
    default:
      if (isDecimal(value)) return Buffer.from(decimalToBytes(value.unscaled) ?? [])
      return value instanceof Uint8Array ? Buffer.from(value) : value
  }
}

/**
 * avsc's value with prototypes of its own taken off, for deep comparison. A float that was promoted from an int or long
 * is rounded to 32 bits, as Java does and avsc does not.
 */
export function plain(schema: AvroSchema, value: unknown): unknown {
  switch (schema.type) {
    case 'float':
      return Math.fround(value as number)
    case 'array':
      return (value as readonly unknown[]).map((item) => plain(schema.items, item))
    case 'map':
      return mapValues(value as object, (item) => plain(schema.values, item))
    case 'union': {
      const [[name, item] = []] = Object.entries(value ?? {})
      const branch = schema.branches.find((candidate) => branchName(candidate) === name)
      return name === undefined || branch === undefined ? null : { [name]: plain(branch, item) }
    }
    case 'record': {
      const record = value as Readonly<Record<string, unknown>>
      return Object.fromEntries(schema.fields.map((field) => [field.name, plain(field.schema, record[field.name])]))
    }
    default:
      return value
  }
}

/**
 * Where avsc is no oracle for a resolution: it reads longs that become floats or doubles without checking precision,
 * and takes the first branch of a reader's union that a promotion reaches, where Java and we prefer the same type.
 */
export function avscDiffers(resolution: Resolution, seen = new Set<Resolution>()): boolean {
  if (seen.has(resolution)) return false
  seen.add(resolution)
  switch (resolution.kind) {
    case 'primitive':
      return resolution.writer.type === 'long' && resolution.reader.type !== 'long'
    case 'array':
      return avscDiffers(resolution.items, seen)
    case 'map':
      return avscDiffers(resolution.values, seen)
    case 'record':
      return resolution.fields.some((step) => step.action === 'read' && avscDiffers(step.value, seen))
    case 'writer-union':
      return resolution.branches.some((branch) => avscDiffers(branch, seen))
    case 'reader-union': {
      const earlier = resolution.reader.branches.slice(0, resolution.branch)
      const writer = withoutLogical(resolution.writer)
      const taken = earlier.some((branch) => resolveSchemas(writer, withoutLogical(branch)).errors.length === 0)
      return taken || avscDiffers(resolution.value, seen)
    }
    case 'fixed':
    case 'enum':
    case 'error':
      return false
  }
}

/** avsc takes an int for a timestamp, and bytes of a decimal for a string: to it, logical types are a matter of the reader. */
function withoutLogical(schema: AvroSchema): AvroSchema {
  return 'logical' in schema ? { ...schema, logical: undefined } : schema
}

function mapValues(object: object, change: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))
}
