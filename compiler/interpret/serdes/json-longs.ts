/**
 * JSON with bigints. Where its type is known, whole numbers that the type says are bigints are read as such, digit by
 * digit. In a file that runs uncompiled nobody knows the type: there, a value with bigints is passed by reference.
 */
import type { JsonLongs, JsonPart } from '../../../dsl/model/json-longs.js'
import { ByReference } from '../wire.js'
import { elementSerde, SerdeError, type BytesSerde, type ElementSerde } from './element-serde.js'
import { canonicalJson, jsonSerde } from './json.js'
import { decodeUtf8 } from './utf8.js'

export function jsonLongsSerde(longs: JsonLongs | undefined): BytesSerde {
  if (longs === undefined) return jsonSerde
  return {
    encode: (value) => jsonSerde.encode(value),
    decode(bytes) {
      const text = decodeUtf8(bytes)
      const marked = new Marked(text)
      return unmarked(JSON.parse(marked.text), longs[0], longs, marked)
    },
  }
}

/** Text whose numbers are strings that no other string of it begins like. */
class Marked {
  readonly text: string
  readonly #mark: string

  constructor(text: string) {
    // What is no JSON must not become some.
    JSON.parse(text)
    const strings = (text.match(TOKEN) ?? []).filter((token) => token.startsWith('"'))
    const taken = new Set(strings.map((token) => JSON.parse(token) as string))
    let mark = '#'
    while ([...taken].some((string) => string.startsWith(mark))) mark += '#'
    this.#mark = mark
    this.text = text.replaceAll(TOKEN, (token) => (token.startsWith('"') ? token : `"${mark}${token}"`))
  }

  /** Digits of a number; undefined: it is another string. */
  digits(value: string): string | undefined {
    return value.startsWith(this.#mark) ? value.slice(this.#mark.length) : undefined
  }
}

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g

function unmarked(value: unknown, part: JsonPart | undefined, longs: JsonLongs, marked: Marked): unknown {
  const inner = (item: unknown, index: number | undefined): unknown =>
    unmarked(item, index === undefined ? undefined : longs[index], longs, marked)
  if (typeof value === 'string') {
    const digits = marked.digits(value)
    if (digits === undefined) return value
    return part?.long === true ? longOf(digits) : Number(digits)
  }
  if (Array.isArray(value)) return value.map((item) => inner(item, part?.items))
  if (typeof value !== 'object' || value === null) return value
  const members = new Map(part?.members)
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, inner(member, members.get(name) ?? part?.values)]),
  )
}

function longOf(digits: string): bigint {
  if (/^-?\d+$/.test(digits)) return BigInt(digits)
  const value = Number(digits)
  if (!Number.isSafeInteger(value)) throw new SerdeError(`${digits} stands where a whole number is wanted`)
  return BigInt(value)
}

/** Of a file that runs uncompiled. */
export function untypedJson(nullable: boolean): ElementSerde {
  const plain = elementSerde(jsonSerde, nullable)
  return {
    decode: (wire) => (wire instanceof ByReference ? copyOf(wire.value) : plain.decode(wire)),
    encode(value) {
      const wire = plain.encode(value)
      return wire instanceof Uint8Array && hasBigint(value) ? new ByReference(copyOf(value), wire) : wire
    },
  }
}

function hasBigint(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint'
  return Object.values(value).some(hasBigint)
}

/** What comes back from JSON that has bigints. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => copyOf(item ?? null))
  if (typeof value !== 'object' || value === null) return value
  if ('toJSON' in value) return JSON.parse(canonicalJson(value))
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(members.map(([name, member]) => [name, copyOf(member)]))
}
