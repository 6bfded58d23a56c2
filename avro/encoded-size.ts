/**
 * Bounds of encoded sizes, which decoders check counts against: a block that claims more items than bytes are left for
 * is refused before anything is allocated. Items that may take no bytes at all (null, empty records, fixed of size 0)
 * escape that check, and a message of six bytes could claim two billion: they are limited by count.
 */
import type { AvroSchema } from './schema.js'

/** Items of minimal size 0 that one datum may hold altogether, over all its arrays. */
export const maxZeroSizeItems = 65_536

/** Records within records that one datum may hold; bounds the call stack for recursive types. */
export const maxRecordDepth = 500

/** The least number of bytes that a value takes; for recursive types possibly an even lower bound. */
export function minEncodedSize(schema: AvroSchema): number {
  return minSize(schema, new Map())
}

function minSize(schema: AvroSchema, known: Map<AvroSchema, number>): number {
  switch (schema.type) {
    case 'null':
      return 0
    case 'float':
      return 4
    case 'double':
      return 8
    case 'fixed':
      return schema.size
    case 'union':
      return 1 + Math.min(...schema.branches.map((branch) => minSize(branch, known)))
    case 'record': {
      const before = known.get(schema)
      if (before !== undefined) return before
      known.set(schema, 0)
      const size = schema.fields.reduce((sum, field) => sum + minSize(field.schema, known), 0)
      known.set(schema, size)
      return size
    }
    default:
      return 1
  }
}
