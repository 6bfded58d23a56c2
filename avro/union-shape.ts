/**
 * How a value stands for its Avro type at run time, and how the branch of a union value is found. The rule is avsc's:
 * a union is written plain while each of its branches has a run-time shape of its own, and wrapped, as
 * `{ 'ns.Name': value }` (null stays null), as soon as two branches share one. Generated TypeScript types, generated
 * codecs, the interpreting codec and JSON all follow this one function.
 */
import { branchName, logicalOf, type AvroSchema, type UnionSchema } from './schema.js'

/** How longs are represented; chosen per subject. */
export type LongMode = 'number' | 'bigint'

/** What `typeof`, `instanceof Date`, `instanceof Uint8Array` and `Array.isArray` can tell apart. */
export type ValueShape = 'null' | 'boolean' | 'number' | 'bigint' | 'string' | 'bytes' | 'date' | 'array' | 'object'

export interface UnionShape {
  /** Values are `{ [name]: value }` instead of bare. */
  readonly wrapped: boolean
  /** The union is one other branch and null: `T | null`. */
  readonly nullable: boolean
  /** In the order of the schema. */
  readonly branches: readonly UnionBranch[]
}

export interface UnionBranch {
  readonly schema: AvroSchema
  readonly shape: ValueShape
  /** Key of the wrapper: full name of a named type, else the Avro type. */
  readonly name: string
}

export function shapeOf(schema: AvroSchema, long: LongMode): ValueShape {
  const logical = logicalOf(schema)
  if (logical?.kind === 'decimal') return 'object'
  switch (schema.type) {
    case 'null':
    case 'boolean':
    case 'array':
      return schema.type
    case 'int':
    case 'float':
    case 'double':
      return 'number'
    case 'long':
      return logical?.kind === 'timestamp-millis' ? 'date' : long
    case 'string':
    case 'enum':
      return 'string'
    case 'bytes':
    case 'fixed':
      return 'bytes'
    case 'map':
    case 'record':
      return 'object'
    case 'union':
      throw new Error('a union has no shape of its own, and is never a branch of another')
  }
}

export function unionShape(union: UnionSchema, long: LongMode): UnionShape {
  const branches = union.branches.map((schema) => ({ schema, shape: shapeOf(schema, long), name: branchName(schema) }))
  const wrapped = new Set(branches.map((branch) => branch.shape)).size < branches.length
  return { wrapped, nullable: branches.length === 2 && branches.some((branch) => branch.shape === 'null'), branches }
}

/** The shape of a value, or undefined when no Avro value looks like it. */
export function shapeOfValue(value: unknown): ValueShape | undefined {
  switch (typeof value) {
    case 'boolean':
    case 'number':
    case 'bigint':
    case 'string':
      return typeof value as ValueShape
    case 'object':
      if (value === null) return 'null'
      if (Array.isArray(value)) return 'array'
      if (value instanceof Uint8Array) return 'bytes'
      return value instanceof Date ? 'date' : 'object'
    default:
      return undefined
  }
}

/** The index of the branch that a value belongs to, and the value without wrapper; undefined when there is none. */
export function branchOf(shape: UnionShape, value: unknown): { index: number; value: unknown } | undefined {
  const found = shapeOfValue(value)
  if (!shape.wrapped || found === 'null') {
    const index = shape.branches.findIndex((branch) => branch.shape === found)
    return index < 0 ? undefined : { index, value }
  }
  if (found !== 'object') return undefined
  const wrapper = value as Readonly<Record<string, unknown>>
  const keys = Object.keys(wrapper)
  const key = keys[0]
  if (keys.length !== 1 || key === undefined) return undefined
  const index = shape.branches.findIndex((branch) => branch.name === key && branch.shape !== 'null')
  return index < 0 ? undefined : { index, value: wrapper[key] }
}
