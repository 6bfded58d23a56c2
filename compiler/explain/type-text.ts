/** Types, serdes and demands as people read them. */
import { unqualified } from '../../avro/schema.js'
import type { Demand, RecordDemand } from '../ir/demand.js'
import type { ResolvedSerde, ResolvedTopic } from '../ir/resolved-plan.js'
import type { RecordType, RecordTypes, ValueType } from '../ir/value-type.js'

/** Types without a name of the author's are written out. */
export function typeText(type: ValueType, records: RecordTypes): string {
  return text(type, records, [])
}

function text(type: ValueType, records: RecordTypes, within: readonly string[]): string {
  const inner = (part: ValueType): string => text(part, records, within)
  switch (type.kind) {
    case 'literal':
      return typeof type.value === 'bigint' ? `${type.value}n` : JSON.stringify(type.value)
    case 'number':
    case 'string':
      return type.brand ?? type.kind
    case 'array':
      return type.items.kind === 'union' ? `(${inner(type.items)})[]` : `${inner(type.items)}[]`
    case 'map':
      return `Record<string, ${inner(type.values)}>`
    case 'record': {
      const record = records.get(type.name)
      return record === undefined || !record.anonymous || within.includes(type.name)
        ? type.name
        : fieldsText(record, records, [...within, type.name])
    }
    case 'union':
      return type.types.map(inner).join(' | ')
    case 'opaque':
      return type.text
    default:
      return type.kind
  }
}

export function fieldsText(record: RecordType, records: RecordTypes, within: readonly string[] = []): string {
  const fields = record.fields.map(
    (field) => `${field.name}${field.optional ? '?' : ''}: ${text(field.type, records, within)}`,
  )
  return fields.length === 0 ? '{}' : `{ ${fields.join('; ')} }`
}

/** Record types with a name that values on the plan's edges have, their fields' types included. */
export function namedTypes(roots: readonly ValueType[], records: RecordTypes): readonly RecordType[] {
  const found = new Set<string>()
  const visit = (type: ValueType): void => {
    if (type.kind === 'array') visit(type.items)
    else if (type.kind === 'map') visit(type.values)
    else if (type.kind === 'union') type.types.forEach(visit)
    else if (type.kind === 'record' && !found.has(type.name)) {
      found.add(type.name)
      for (const field of records.get(type.name)?.fields ?? []) visit(field.type)
    }
  }
  roots.forEach(visit)
  return [...found].flatMap((name) => records.get(name) ?? []).filter((record) => !record.anonymous)
}

export function serdeText(serde: ResolvedSerde): string {
  const name = serde.kind === 'avro' ? avroText(serde) : serde.kind
  return serde.nullable ? `nullable(${name})` : name
}

function avroText({ subject, schema, writers, long }: ResolvedSerde & { kind: 'avro' }): string {
  const type = 'name' in schema ? unqualified(schema.name) : schema.type
  const versions = writers.map((writer) => writer.version)
  const range = versions.length > 1 ? `versions ${versions.join(', ')}` : `version ${versions.join('')}`
  return `avro ${type} (${subject}${versions.length === 0 ? '' : `, ${range}`}${long === 'bigint' ? ', long as bigint' : ''})`
}

export function topicText({ key, value }: ResolvedTopic): string {
  return `key ${serdeText(key)}, value ${serdeText(value)}`
}

/** Paths that are read: `id, address.country, items[].sku, tags.length`. */
export function demandText(demand: Demand): string {
  switch (demand.kind) {
    case 'none':
      return 'nothing'
    case 'whole':
      return 'everything'
    default:
      return paths(demand, '').join(', ')
  }
}

function paths(demand: Demand, at: string): readonly string[] {
  switch (demand.kind) {
    case 'none':
      return []
    case 'whole':
      return [at]
    case 'presence':
      return [`${at}?`]
    case 'length':
      return [at === '' ? 'length' : `${at}.length`]
    case 'items': {
      const items = paths(demand.items, `${at}[]`)
      return items.length === 0 ? [`${at}[]`] : items
    }
    case 'fields': {
      const fields = [...demand.fields].sort(([a], [b]) => (a < b ? -1 : 1))
      const found = fields.flatMap(([name, field]) => paths(field, at === '' ? name : `${at}.${name}`))
      return found.length === 0 ? [at === '' ? 'presence' : `${at}?`] : found
    }
  }
}

export function recordDemandText({ key, value, headers }: RecordDemand): string {
  return `key ${demandText(key)}; value ${demandText(value)}${headers ? '; headers' : ''}`
}
