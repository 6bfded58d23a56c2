/**
 * Schema to JSON, with everything that parsing kept: docs, defaults, aliases, logical types and unknown attributes.
 * parseSchema(printSchema(s)) gives an equal schema. Named types are written in full where they come first.
 */
import {
  isNamed,
  logicalOf,
  namespaceOf,
  unqualified,
  type AvroSchema,
  type JsonObject,
  type JsonValue,
  type NamedSchema,
  type RecordField,
} from './schema.js'

/** `external`: full names of types that are defined elsewhere (in references) and only referred to here. */
export function printSchema(schema: AvroSchema, external: Iterable<string> = []): JsonValue {
  return print(schema, '', new Set(external))
}

/** Compact JSON text of the same. */
export function schemaText(schema: AvroSchema, external?: Iterable<string>): string {
  return JSON.stringify(printSchema(schema, external))
}

function print(schema: AvroSchema, namespace: string, printed: Set<string>): JsonValue {
  if (isNamed(schema)) {
    if (printed.has(schema.name)) return namespaceOf(schema.name) === namespace ? unqualified(schema.name) : schema.name
    printed.add(schema.name)
    return definition(schema, namespace, printed)
  }
  switch (schema.type) {
    case 'union':
      return schema.branches.map((branch) => print(branch, namespace, printed))
    case 'array':
      return object([['type', 'array'], ['items', print(schema.items, namespace, printed)], ...schema.attributes])
    case 'map':
      return object([['type', 'map'], ['values', print(schema.values, namespace, printed)], ...schema.attributes])
    default: {
      const rest = [...logicalEntries(schema), ...schema.attributes]
      return rest.length === 0 ? schema.type : object([['type', schema.type], ...rest])
    }
  }
}

type Entry = readonly [string, JsonValue]

function definition(schema: NamedSchema, outer: string, printed: Set<string>): JsonValue {
  const namespace = namespaceOf(schema.name)
  const head: Entry[] = [
    ['type', schema.type === 'record' && schema.error ? 'error' : schema.type],
    ['name', unqualified(schema.name)],
  ]
  if (namespace !== outer) head.push(['namespace', namespace])
  if (schema.doc !== undefined) head.push(['doc', schema.doc])
  if (schema.aliases.length > 0) head.push(['aliases', schema.aliases])
  switch (schema.type) {
    case 'enum':
      head.push(['symbols', schema.symbols])
      if (schema.default !== undefined) head.push(['default', schema.default])
      break
    case 'fixed':
      head.push(['size', schema.size], ...logicalEntries(schema))
      break
    case 'record':
      head.push(['fields', schema.fields.map((field) => printField(field, namespace, printed))])
      break
  }
  return object([...head, ...schema.attributes])
}

function printField(field: RecordField, namespace: string, printed: Set<string>): JsonValue {
  const entries: Entry[] = [
    ['name', field.name],
    ['type', print(field.schema, namespace, printed)],
  ]
  if (field.doc !== undefined) entries.push(['doc', field.doc])
  if (field.default !== undefined) entries.push(['default', field.default.json])
  if (field.order !== 'ascending') entries.push(['order', field.order])
  if (field.aliases.length > 0) entries.push(['aliases', field.aliases])
  return object([...entries, ...field.attributes])
}

function logicalEntries(schema: AvroSchema): readonly Entry[] {
  const logical = logicalOf(schema)
  if (logical === undefined) return []
  const name: Entry = ['logicalType', logical.kind]
  return logical.kind === 'decimal' ? [name, ['precision', logical.precision], ['scale', logical.scale]] : [name]
}

/** fromEntries defines properties, so that an attribute called __proto__ stays an attribute. */
function object(entries: readonly Entry[]): JsonObject {
  return Object.fromEntries(entries)
}
