/**
 * Where the demanded parts of a key or value are kept: a local for each scalar, nested records flattened, and one local
 * with a JavaScript value for what cannot be flattened (arrays, maps, unions, recursive types).
 */
import { logicalOf, type AvroSchema, type RecordSchema } from '../../avro/schema.js'
import { unionShape } from '../../avro/union-shape.js'
import { fieldOf, type Demand } from '../ir/demand.js'
import type { Field, FieldType, LongMode } from '../ir/module-ir.js'

export type Layout =
  /** Nobody reads it. */
  | { readonly kind: 'none' }
  | { readonly kind: 'scalar'; readonly field: number }
  /** Only whether it is there is known; undefined: it always is. */
  | { readonly kind: 'presence'; readonly field: number | undefined }
  | { readonly kind: 'length'; readonly field: number }
  | RecordLayout
  | { readonly kind: 'value'; readonly field: number; readonly demand: Demand }

export interface RecordLayout {
  readonly kind: 'record'
  readonly schema: RecordSchema
  /** undefined: always there. */
  readonly present: number | undefined
  readonly entries: ReadonlyMap<string, Layout>
}

/** The fields of one generated function, as they are found; `span` is taken away from those that get a default. */
export class FieldTable {
  readonly fields: Field[] = []

  add(name: string, type: FieldType, nullable: boolean): number {
    const id = this.fields.length
    this.fields.push({ id, name, type, nullable, span: type.kind === 'text', used: true })
    return id
  }

  get(id: number): Field {
    const field = this.fields[id]
    if (field === undefined) throw new Error(`there is no field ${id}`)
    return field
  }

  withoutSpan(id: number): void {
    this.fields[id] = { ...this.get(id), span: false }
  }
}

export function layoutOf(
  fields: FieldTable,
  schema: AvroSchema,
  demand: Demand,
  long: LongMode,
  name: string,
  nullable: boolean,
): Layout {
  return new LayoutBuilder(fields, long).build(schema, demand, name, nullable, [])
}

class LayoutBuilder {
  constructor(
    readonly fields: FieldTable,
    readonly long: LongMode,
  ) {}

  build(schema: AvroSchema, demand: Demand, name: string, nullable: boolean, outer: readonly AvroSchema[]): Layout {
    if (demand.kind === 'none') return { kind: 'none' }
    if (schema.type === 'union') return this.union(schema, demand, name, nullable, outer)
    if (demand.kind === 'presence') {
      return { kind: 'presence', field: nullable ? this.fields.add(name, { kind: 'presence' }, false) : undefined }
    }
    if (schema.type === 'record' && !outer.includes(schema) && !isRecursive(schema)) {
      return this.record(schema, demand, name, nullable, outer)
    }
    if (schema.type === 'array' && demand.kind === 'length') {
      return { kind: 'length', field: this.fields.add(name, { kind: 'length' }, nullable) }
    }
    const type = scalarType(schema, this.long)
    if (type !== undefined) return { kind: 'scalar', field: this.fields.add(name, type, nullable) }
    return { kind: 'value', field: this.fields.add(name, { kind: 'value' }, nullable), demand }
  }

  private union(
    schema: AvroSchema & { type: 'union' },
    demand: Demand,
    name: string,
    nullable: boolean,
    outer: readonly AvroSchema[],
  ): Layout {
    const shape = unionShape(schema, this.long)
    const other = schema.branches.find((branch) => branch.type !== 'null')
    if (shape.nullable && !shape.wrapped && other !== undefined) return this.build(other, demand, name, true, outer)
    const mayBeNull = nullable || schema.branches.some((branch) => branch.type === 'null')
    return { kind: 'value', field: this.fields.add(name, { kind: 'value' }, mayBeNull), demand: { kind: 'whole' } }
  }

  private record(
    schema: RecordSchema,
    demand: Demand,
    name: string,
    nullable: boolean,
    outer: readonly AvroSchema[],
  ): Layout {
    const present = nullable ? this.fields.add(name, { kind: 'presence' }, false) : undefined
    const entries = new Map<string, Layout>()
    for (const field of schema.fields) {
      const path = name === '' ? field.name : `${name}_${field.name}`
      const wanted = fieldOf(demand, field.name)
      entries.set(field.name, this.build(field.schema, wanted, path, false, [...outer, schema]))
    }
    return { kind: 'record', schema, present, entries }
  }
}

/** The type of the local that holds a scalar; undefined: it takes a JavaScript value made by a codec. */
function scalarType(schema: AvroSchema, long: LongMode): FieldType | undefined {
  const logical = logicalOf(schema)
  switch (schema.type) {
    case 'boolean':
    case 'int':
    case 'float':
    case 'double':
      return { kind: schema.type }
    case 'long':
      if (logical?.kind === 'timestamp-millis') return { kind: 'date' }
      return { kind: long === 'bigint' ? 'bigint' : 'long' }
    case 'string':
      return { kind: 'text', uuid: false }
    case 'enum':
      return { kind: 'enum', schema }
    default:
      return undefined
  }
}

function isRecursive(root: RecordSchema): boolean {
  const visit = (schema: AvroSchema, path: ReadonlySet<AvroSchema>): boolean => {
    if (schema === root && path.size > 0) return true
    if (path.has(schema)) return false
    const within = new Set([...path, schema])
    switch (schema.type) {
      case 'record':
        return schema.fields.some((field) => visit(field.schema, within))
      case 'array':
        return visit(schema.items, within)
      case 'map':
        return visit(schema.values, within)
      case 'union':
        return schema.branches.some((branch) => visit(branch, within))
      default:
        return false
    }
  }
  return visit(root, new Set())
}
