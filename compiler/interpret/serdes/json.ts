/**
 * JSON in canonical form (RFC 8785): members sorted by UTF-16 code units, no white space, minimal escapes. Equal values
 * have equal bytes, so they can serve as keys. What JSON cannot hold is an error, never something else.
 */
import { SerdeError, type BytesSerde } from './element-serde.js'
import { decodeUtf8 } from './utf8.js'

export const jsonSerde: BytesSerde = {
  decode: (bytes): unknown => JSON.parse(decodeUtf8(bytes)),
  encode: (value) => Buffer.from(canonicalJson(value)),
}

export function canonicalJson(value: unknown, path = 'the value'): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value)
    case 'bigint':
      return String(value)
    case 'number':
      if (!Number.isFinite(value)) throw new SerdeError(`${path} is ${value}, which JSON cannot hold`)
      return JSON.stringify(value)
    case 'object':
      return value === null ? 'null' : canonicalObject(value, path)
    default:
      throw new SerdeError(`${path} is of type ${typeof value}, which JSON cannot hold`)
  }
}

function canonicalObject(value: object, path: string): string {
  if (Array.isArray(value)) {
    const items = Array.from(value, (item: unknown, i) => canonicalJson(item ?? null, `${path}[${i}]`))
    return `[${items.join(',')}]`
  }
  if (hasToJson(value)) return canonicalJson(value.toJSON(), path)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new SerdeError(`${path} is an instance of ${value.constructor.name}, which JSON cannot hold`)
  }
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member, `${path}.${name}`)}`)
  return `{${members.join(',')}}`
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function'
}
