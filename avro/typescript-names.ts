/**
 * Names of generated TypeScript types: the last segment of the full name, and where several types would share one,
 * *all* of them get the segment before it as a prefix (com.b.Order → BOrder), so that no name depends on the order in
 * which schemas are visited. Types of one full name that differ (two subjects, two versions of a record) are told apart
 * by their subject at the end.
 */
import { logicalCanonicalForm } from './canonical.js'
import { printSchema } from './print-schema.js'
import { children, type AvroSchema, type EnumSchema, type RecordSchema } from './schema.js'
import type { LongMode } from './union-shape.js'

export interface TypeDefinition {
  readonly key: string
  readonly schema: RecordSchema | EnumSchema
  readonly long: LongMode
  /** Subjects that use it, sorted. */
  readonly subjects: readonly string[]
}

export interface NamedDefinition {
  readonly definition: TypeDefinition
  readonly typeName: string
}

/** Equal for definitions that have the same TypeScript type, docs included. */
export function definitionKey(schema: RecordSchema | EnumSchema, long: LongMode): string {
  const docs = JSON.stringify(printSchema(schema))
  return `${long === 'bigint' && holdsLong(schema) ? 'bigint' : 'number'} ${logicalCanonicalForm(schema)} ${docs}`
}

/** Whether the choice of bigint makes a difference to a type. */
function holdsLong(schema: AvroSchema): boolean {
  const seen = new Set<AvroSchema>()
  const visit = (inner: AvroSchema): boolean => {
    if (seen.has(inner)) return false
    seen.add(inner)
    return inner.type === 'long' || children(inner).some(visit)
  }
  return visit(schema)
}

/** Names that mean something else in a generated file. */
const reserved = new Set(
  (
    'Date Uint8Array Readonly Record Subjects Int Long Float Double Uuid EpochDay TimestampMicros TimeMillis TimeMicros ' +
    'Decimal any unknown never object string number boolean bigint symbol null undefined void break case catch class ' +
    'const continue debugger default delete do else enum export extends false finally for function if import in ' +
    'instanceof new return super switch this throw true try typeof var while with implements interface let package ' +
    'private protected public static yield await async declare module namespace type globalThis'
  ).split(' '),
)

export function assignTypeNames(definitions: readonly TypeDefinition[]): ReadonlyMap<string, NamedDefinition> {
  const ordered = [...definitions].sort((a, b) => (a.key < b.key ? -1 : 1))
  const candidates = ordered.map(candidatesOf)
  const levels = ordered.map(() => 0)
  const nameOf = (index: number): string => {
    const list = candidates[index] ?? []
    const level = levels[index] ?? 0
    return list[level] ?? `${list.at(-1)}_${index + 1}`
  }
  for (let settled = false; !settled;) {
    settled = true
    const users = new Map<string, number[]>()
    for (const index of ordered.keys()) {
      const name = nameOf(index)
      users.set(name, [...(users.get(name) ?? []), index])
    }
    for (const [name, indexes] of users) {
      if (indexes.length === 1 && !reserved.has(name)) continue
      for (const index of indexes) {
        if ((levels[index] ?? 0) >= (candidates[index]?.length ?? 0)) continue
        levels[index] = (levels[index] ?? 0) + 1
        settled = false
      }
    }
  }
  return new Map(ordered.map((definition, index) => [definition.key, { definition, typeName: nameOf(index) }]))
}

/** Names to try in turn, each longer than the one before. */
function candidatesOf(definition: TypeDefinition): readonly string[] {
  const segments = definition.schema.name.split('.')
  const names = [segments.at(-1) ?? '']
  for (let count = 2; count <= segments.length; count++) names.push(segments.slice(-count).map(capitalised).join(''))
  const longest = capitalised(names.at(-1) ?? '')
  names.push(definition.subjects.map(identifierOf).join('') + longest)
  return names
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** `orders-value` → `OrdersValue`. */
function identifierOf(text: string): string {
  const name = text
    .split(/[^A-Za-z0-9]+/)
    .map(capitalised)
    .join('')
  return /^[0-9]/.test(name) ? `_${name}` : name
}
