/** Types and schemas as messages spell them, and the run-time shape of a type. */
import { logicalOf, type AvroSchema } from '../../avro/schema.js'
import type { ValueType } from '../ir/value-type.js'

/** As avro/union-shape.ts names shapes. */
export function shapeOfType(type: ValueType): string {
  switch (type.kind) {
    case 'undefined':
      return 'null'
    case 'literal':
      return typeof type.value
    case 'record':
    case 'map':
    case 'decimal':
      return 'object'
    default:
      return type.kind
  }
}

export function describeType(type: ValueType): string {
  switch (type.kind) {
    case 'literal':
      return typeof type.value === 'bigint' ? `${type.value}n` : JSON.stringify(type.value)
    case 'number':
    case 'string':
      return type.brand ?? type.kind
    case 'record':
      return type.name
    case 'date':
      return 'Date'
    case 'decimal':
      return 'Decimal'
    case 'bytes':
      return 'Uint8Array'
    default:
      return type.kind
  }
}

export function describeSchema(schema: AvroSchema): string {
  const logical = logicalOf(schema)
  const name = 'name' in schema ? `${schema.type} ${schema.name}` : schema.type
  if (logical?.kind === 'timestamp-millis') return `${logical.kind} (a Date)`
  return logical === undefined ? name : `${logical.kind} (${name})`
}
