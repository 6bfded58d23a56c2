/**
 * JSON in canonical form: members sorted by UTF-16 code units, no white space, minimal escapes. Equal values have equal
 * bytes, so they can serve as keys. An integer beyond 2^53 is read as bigint and a bigint is written as digits, so no
 * digit is ever lost.
 */
import { SerdeError, type BytesSerde } from './element-serde.js'
import { decodeUtf8 } from './utf8.js'

export const jsonSerde: BytesSerde = {
  decode: (bytes) => parseJson(decodeUtf8(bytes)),
  encode: (value) => Buffer.from(canonicalJson(value)),
}

/** An integer literal of 16 digits or more may not fit a double. */
const LONG_DIGITS = /\d{16}/

export function parseJson(text: string): unknown {
  const plain: unknown = JSON.parse(text)
  return LONG_DIGITS.test(text) ? parseWithBigints(text) : plain
}

/** `text` is known to be valid JSON. Integers that a double cannot hold are marked as strings, then revived. */
function parseWithBigints(text: string): unknown {
  const mark = unusedMark(text)
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g, (token) =>
    /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${mark}${token}"` : token,
  )
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  )
}

function unusedMark(text: string): string {
  let mark = 'long:'
  while (text.includes(mark)) mark += ':'
  return mark
}

export function canonicalJson(value: unknown, path = 'the value'): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value)
    case 'bigint':
      return value.toString()
    case 'number':
      if (!Number.isFinite(value)) throw new SerdeError(`${path} is ${value}, which JSON cannot hold`)
      return Object.is(value, -0) ? '-0' : JSON.stringify(value)
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
  if ('toJSON' in value && typeof value.toJSON === 'function') return canonicalJson(value.toJSON(), path)
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
