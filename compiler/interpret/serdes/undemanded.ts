/**
 * Stands for a value that could not be decoded and that nobody reads: by its demand, no result depends on it. Code that
 * touches it on the way (a pattern that takes a field which is then not used) must not fail, so it takes every use.
 */
import type { AvroSchema } from '../../../avro/schema.js'

export const undemanded: unknown = new Proxy(() => undefined, {
  get: (_, property) => {
    if (property === Symbol.toPrimitive) return () => ''
    return property === Symbol.iterator ? [][Symbol.iterator] : undemanded
  },
  apply: () => undemanded,
})

/** With the fields of a record, so that it can be copied by a spread. */
export function undemandedAs(schema: AvroSchema, outer: readonly AvroSchema[] = []): unknown {
  if (schema.type !== 'record' || outer.includes(schema)) return undemanded
  return Object.fromEntries(schema.fields.map((field) => [field.name, undemandedAs(field.schema, [...outer, schema])]))
}
