/** What changed between two versions of a schema, field by field. */
import { describeLogical } from '../avro/logical-types.js'
import { describe } from '../avro/resolve.js'
import { isNamed, logicalOf, unqualified, type AvroSchema, type RecordSchema } from '../avro/schema.js'

export interface SchemaChange {
  readonly kind: 'field-added' | 'field-removed' | 'type' | 'default' | 'symbols' | 'doc' | 'field-order'
  /** Like `Order.items[].price`. */
  readonly path: string
  /** For people: `int → long`. */
  readonly message: string
}

export function schemaChanges(before: AvroSchema, after: AvroSchema): readonly SchemaChange[] {
  const comparer = new Comparer()
  comparer.compare(before, after, isNamed(after) ? unqualified(after.name) : 'schema')
  return comparer.changes
}

class Comparer {
  readonly changes: SchemaChange[] = []
  private readonly seen = new Set<string>()

  compare(before: AvroSchema, after: AvroSchema, path: string): void {
    if (before.type === 'array' && after.type === 'array') return this.compare(before.items, after.items, `${path}[]`)
    if (before.type === 'map' && after.type === 'map') return this.compare(before.values, after.values, `${path}{}`)
    if (before.type === 'record' && after.type === 'record' && before.name === after.name) {
      return this.records(before, after, path)
    }
    if (this.unions(before, after, path)) return
    if (typeText(before) !== typeText(after)) this.add('type', path, `${typeText(before)} → ${typeText(after)}`)
    if (before.type === 'enum' && after.type === 'enum') {
      const added = after.symbols.filter((symbol) => !before.symbols.includes(symbol))
      const removed = before.symbols.filter((symbol) => !after.symbols.includes(symbol))
      const parts = [...added.map((symbol) => `+${symbol}`), ...removed.map((symbol) => `-${symbol}`)]
      if (parts.length > 0) this.add('symbols', path, parts.join(' '))
      else if (before.symbols.join() !== after.symbols.join()) this.add('symbols', path, 'the order of symbols changed')
      if (before.default !== after.default)
        this.add('default', path, `${before.default ?? 'none'} → ${after.default ?? 'none'}`)
    }
  }

  /** Branch by branch where the same branches are there; else the types are reported as a whole. */
  private unions(before: AvroSchema, after: AvroSchema, path: string): boolean {
    if (before.type !== 'union' || after.type !== 'union' || typeText(before) !== typeText(after)) return false
    for (const [index, branch] of after.branches.entries()) {
      const old = before.branches[index]
      if (old !== undefined) this.compare(old, branch, path)
    }
    return true
  }

  private records(before: RecordSchema, after: RecordSchema, path: string): void {
    if (this.seen.has(after.name)) return
    this.seen.add(after.name)
    if (before.doc !== after.doc) this.add('doc', path, 'the documentation changed')
    const old = new Map(before.fields.map((field) => [field.name, field]))
    for (const field of before.fields) {
      if (!after.fields.some((other) => other.name === field.name)) {
        this.add('field-removed', `${path}.${field.name}`, typeText(field.schema))
      }
    }
    for (const field of after.fields) {
      const inner = `${path}.${field.name}`
      const previous = old.get(field.name)
      if (previous === undefined) {
        const fallback = field.default === undefined ? 'no default' : `default ${JSON.stringify(field.default.json)}`
        this.add('field-added', inner, `${typeText(field.schema)}, ${fallback}`)
        continue
      }
      this.compare(previous.schema, field.schema, inner)
      const [was, is] = [previous, field].map((f) =>
        f.default === undefined ? 'none' : JSON.stringify(f.default.json),
      )
      if (was !== is) this.add('default', inner, `${was} → ${is}`)
      if (previous.doc !== field.doc) this.add('doc', inner, 'the documentation changed')
    }
    const common = (record: RecordSchema, other: RecordSchema): string =>
      record.fields
        .map((field) => field.name)
        .filter((name) => other.fields.some((field) => field.name === name))
        .join()
    if (common(before, after) !== common(after, before)) this.add('field-order', path, 'the order of fields changed')
  }

  private add(kind: SchemaChange['kind'], path: string, message: string): void {
    this.changes.push({ kind, path, message })
  }
}

function typeText(schema: AvroSchema): string {
  if (schema.type === 'array') return `array of ${typeText(schema.items)}`
  if (schema.type === 'map') return `map of ${typeText(schema.values)}`
  if (schema.type === 'union') return `[${schema.branches.map(typeText).join(', ')}]`
  if (schema.type !== 'fixed') return describe(schema)
  const logical = logicalOf(schema)
  return `fixed ${schema.name} of ${schema.size} bytes${logical === undefined ? '' : ` (${describeLogical(logical)})`}`
}
