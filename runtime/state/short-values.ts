/** How long the values of a store can get: short ones stand in their rows. */
import { parseSchemaOrThrow } from '../../avro/parse-schema.js'
import type { AvroSchema } from '../../avro/schema.js'
import type { ManifestStateSerde } from '../abi/index.js'

/** Longer values stand by themselves, so that rows stay small: most are looked at for their keys alone. */
const MOST_BYTES = 48

/** Most bytes of a value, 0: they may get longer than fits into a row. */
export const shortValueBytes = (serde: ManifestStateSerde | undefined): number => {
  const bytes = serde === undefined ? Infinity : serdeBytes(serde)
  return bytes <= MOST_BYTES ? bytes : 0
}

const serdeBytes = (serde: ManifestStateSerde): number => {
  switch (serde.kind) {
    case 'avro':
      return mostBytes(parseSchemaOrThrow(serde.schema))
    case 'int32':
      return 4
    case 'int64':
    case 'double':
      return 8
    case 'uuid':
      return 36
    case 'json':
    case 'string':
    case 'bytes':
      return Infinity
  }
}

/** Of a datum, as Avro writes it. `fixed` is read as a view of the row, which must not change under it. */
const mostBytes = (schema: AvroSchema, outer: readonly AvroSchema[] = []): number => {
  if (outer.includes(schema)) return Infinity
  const inner = [...outer, schema]
  switch (schema.type) {
    case 'record':
      return schema.fields.reduce((sum, field) => sum + mostBytes(field.schema, inner), 0)
    case 'union':
      return 5 + Math.max(0, ...schema.branches.map((branch) => mostBytes(branch, inner)))
    case 'null':
      return 0
    case 'boolean':
      return 1
    case 'float':
      return 4
    case 'int':
    case 'enum':
      return 5
    case 'double':
      return 8
    case 'long':
      return 10
    case 'fixed':
    case 'array':
    case 'map':
    case 'bytes':
    case 'string':
      return Infinity
  }
}
