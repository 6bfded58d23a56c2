/** Older versions of a record schema, so that topics hold data of several writers. */
import type { JsonObject, JsonValue } from '../../../avro/schema.js'
import type { Chooser } from '../../avro/arbitrary-schema.js'

interface Field extends JsonObject {
  readonly name: string
  readonly type: JsonValue
}

/** Versions, oldest first; the last is `schema`, with defaults where older data lacks a field. */
export function evolve(choose: Chooser, schema: JsonObject): readonly JsonObject[] {
  const fields = schema['fields'] as readonly Field[]
  let latest = fields
  const older: JsonObject[] = []
  for (let count = choose.below(3); count > 0; count--) {
    const version: Field[] = []
    latest = latest.map((field) => {
      const fallback = defaultOf(field.type)
      if (fallback !== undefined && fields.length > 1 && choose.oneIn(4)) return { ...field, default: fallback }
      version.push({ name: field.name, type: narrower(choose, field.type) })
      return field
    })
    if (choose.oneIn(3)) version.push({ name: `gone${count}`, type: choose.pick<JsonValue>(['string', 'long', GONE]) })
    older.push({ ...schema, fields: choose.oneIn(3) && version.every(isPlain) ? version.reverse() : version })
  }
  return [...older, { ...schema, fields: latest }]
}

const GONE: JsonValue = { type: 'array', items: ['null', 'string'] }

function defaultOf(type: JsonValue): JsonValue | undefined {
  if (Array.isArray(type)) return type[0] === 'null' ? null : undefined
  const defaults: Readonly<Record<string, JsonValue>> = { string: 'none', double: 0.5, int: 7, long: 8, boolean: true }
  return typeof type === 'string' ? defaults[type] : undefined
}

/** A type whose data the reader's type can take. */
function narrower(choose: Chooser, type: JsonValue): JsonValue {
  if (type === 'double' && choose.oneIn(3)) return choose.pick(['int', 'float', 'long'])
  return type === 'long' && choose.oneIn(3) ? 'int' : type
}

/** Whether its place does not matter: it defines no name that another field may use. */
function isPlain({ type }: Field): boolean {
  return !JSON.stringify(type).includes('"name"') && (typeof type !== 'string' || /^[a-z]+$/.test(type))
}
