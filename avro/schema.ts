/**
 * The parsed and resolved Avro schema: names are looked up, namespaces are applied, defaults are checked. Made by
 * parse-schema.ts only; everything else in millrace that knows Avro works on these types.
 *
 * Recursive types are a cyclic object graph: a field of type `Node` inside `Node` holds the very same object. Code
 * generation then never needs a table of names beside the schema, and structuredClone carries it between threads.
 * The price is that JSON.stringify does not take it: print-schema.ts is the way to JSON and parseSchema the way back.
 * Whoever walks a schema keeps a set of the full names that it has seen (or uses `namedSchemas` below).
 */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject
export interface JsonObject {
  readonly [key: string]: JsonValue
}

export type AvroSchema = PrimitiveSchema | ArraySchema | MapSchema | UnionSchema | NamedSchema
export type NamedSchema = EnumSchema | FixedSchema | RecordSchema

export type PrimitiveType = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string'

/** Attributes that the Avro specification does not give a meaning at their place, kept as they were written. */
export type Attributes = ReadonlyMap<string, JsonValue>

/**
 * Logical types that millrace gives a meaning (see logical-types.ts for their values). Any other, and any on a type
 * that cannot carry it, is ignored as the specification wants, and stays among the attributes.
 */
export type LogicalType =
  | { readonly kind: SimpleLogicalKind }
  /** precision and scale as declared; scale defaults to 0. */
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
export type SimpleLogicalKind =
  | 'date'
  | 'time-millis'
  | 'time-micros'
  | 'timestamp-millis'
  | 'timestamp-micros'
  | 'local-timestamp-millis'
  | 'local-timestamp-micros'
  | 'uuid'

export interface PrimitiveSchema {
  readonly type: PrimitiveType
  readonly logical: LogicalType | undefined
  readonly attributes: Attributes
}

export interface ArraySchema {
  readonly type: 'array'
  readonly items: AvroSchema
  readonly attributes: Attributes
}

export interface MapSchema {
  readonly type: 'map'
  readonly values: AvroSchema
  readonly attributes: Attributes
}

/** Never directly nested, no two branches of one unnamed type or one full name. May be empty, as the spec allows. */
export interface UnionSchema {
  readonly type: 'union'
  readonly branches: readonly AvroSchema[]
}

interface Named {
  /** Full name: namespace, dot, name; without a dot when the namespace is null. */
  readonly name: string
  /** Full names. */
  readonly aliases: readonly string[]
  readonly doc: string | undefined
  readonly attributes: Attributes
}

export interface EnumSchema extends Named {
  readonly type: 'enum'
  readonly symbols: readonly string[]
  /** Symbol that a reader takes for a writer's symbol which it does not know. */
  readonly default: string | undefined
}

export interface FixedSchema extends Named {
  readonly type: 'fixed'
  /** Bytes. */
  readonly size: number
  readonly logical: LogicalType | undefined
}

export interface RecordSchema extends Named {
  readonly type: 'record'
  /** Declared as `error` (protocols); the same thing on the wire. */
  readonly error: boolean
  readonly fields: readonly RecordField[]
}

export interface RecordField {
  readonly name: string
  readonly schema: AvroSchema
  readonly doc: string | undefined
  readonly aliases: readonly string[]
  readonly order: 'ascending' | 'descending' | 'ignore'
  /** Undefined: there is none. Wrapped, since null is a default. Typed values: default-value.ts. */
  readonly default: { readonly json: JsonValue } | undefined
  readonly attributes: Attributes
}

/** A wrong schema, or two schemas that do not fit: where, and why. */
export interface SchemaProblem {
  /** For people: `Order.items[].price`; `Order` is the root record, `[]` items, `{}` values, `<int>` a union branch. */
  readonly path: string
  readonly message: string
}

export const primitiveTypes: ReadonlySet<string> = new Set<PrimitiveType>([
  'null',
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'bytes',
  'string',
])

export const noAttributes: Attributes = new Map()

/** A primitive without logical type, for schemas built in code. */
export function primitive(type: PrimitiveType, logical?: LogicalType): PrimitiveSchema {
  return { type, logical, attributes: noAttributes }
}

export function isNamed(schema: AvroSchema): schema is NamedSchema {
  return schema.type === 'record' || schema.type === 'enum' || schema.type === 'fixed'
}

export function isPrimitive(schema: AvroSchema): schema is PrimitiveSchema {
  return primitiveTypes.has(schema.type)
}

export function logicalOf(schema: AvroSchema): LogicalType | undefined {
  return 'logical' in schema ? schema.logical : undefined
}

/** The part of a full name behind the last dot. */
export function unqualified(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

/** The part of a full name before the last dot; empty for the null namespace. */
export function namespaceOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')))
}

/** How a branch of a union is called: the full name of a named type, else the type. */
export function branchName(schema: AvroSchema): string {
  return isNamed(schema) ? schema.name : schema.type
}

/** Every named type reachable from a schema, in order of first appearance. */
export function namedSchemas(root: AvroSchema): ReadonlyMap<string, NamedSchema> {
  const found = new Map<string, NamedSchema>()
  const visit = (schema: AvroSchema): void => {
    if (isNamed(schema)) {
      if (found.has(schema.name)) return
      found.set(schema.name, schema)
    }
    for (const child of children(schema)) visit(child)
  }
  visit(root)
  return found
}

/** The schemas directly inside one: items, values, branches, types of fields. */
export function children(schema: AvroSchema): readonly AvroSchema[] {
  switch (schema.type) {
    case 'array':
      return [schema.items]
    case 'map':
      return [schema.values]
    case 'union':
      return schema.branches
    case 'record':
      return schema.fields.map((field) => field.schema)
    default:
      return []
  }
}
