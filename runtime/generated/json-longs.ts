/** JSON whose type has bigints: whole numbers where it says so, exactly, however long they are. */
import type { JsonLongs, JsonPart } from '../../dsl/model/json-longs.js'
import { RecordFormatError } from './errors.js'
import { parseJson } from './plain-serdes.js'
import { checkedText } from './text.js'

export function decodeJsonLongs(bytes: Uint8Array, start: number, end: number, longs: JsonLongs): unknown {
  const text = checkedText(bytes, start, end)
  const value = parseJson(text)
  // Whole numbers of up to 15 digits are exact as doubles; most texts hold no other.
  return /\d{16}/.test(text) ? new ExactReader(text, longs).value(longs[0]) : withLongs(value, longs[0], longs)
}

function withLongs(value: unknown, part: JsonPart | undefined, longs: JsonLongs): unknown {
  if (part === undefined || value === null) return value
  if (typeof value === 'number') return part.long === true ? longOf(value, String(value)) : value
  if (typeof value !== 'object') return value
  if (Array.isArray(value)) {
    if (part.items === undefined) return value
    const items = longs[part.items]
    return value.map((item: unknown) => withLongs(item, items, longs))
  }
  const object = value as Record<string, unknown>
  for (const [name, member] of part.members ?? []) {
    if (Object.hasOwn(object, name)) object[name] = withLongs(object[name], longs[member], longs)
  }
  if (part.values !== undefined) {
    const values = longs[part.values]
    for (const name of Object.keys(object)) object[name] = withLongs(object[name], values, longs)
  }
  return object
}

function longOf(value: number, text: string): bigint {
  if (/^-?\d+$/.test(text)) return BigInt(text)
  if (!Number.isSafeInteger(value)) throw new RecordFormatError(`${text} stands where a whole number is wanted`)
  return BigInt(value)
}

const NUMBER = /-?[\d.eE+-]+/y
const STRING = /"(?:[^"\\]|\\.)*"/y
const SPACE = /[\s]*/y

/** Reads text that is known to be JSON once more, its numbers by their digits. */
class ExactReader {
  #at = 0

  constructor(
    private readonly text: string,
    private readonly longs: JsonLongs,
  ) {}

  value(part: JsonPart | undefined): unknown {
    this.#take(SPACE)
    const value = this.#any(part)
    this.#take(SPACE)
    return value
  }

  #any(part: JsonPart | undefined): unknown {
    switch (this.text[this.#at]) {
      case '{':
        return this.#object(part)
      case '[':
        return this.#array(this.#partAt(part?.items))
      case '"':
        return this.#string()
      case 't':
        return this.#word(true)
      case 'f':
        return this.#word(false)
      case 'n':
        return this.#word(null)
      default: {
        const digits = this.#take(NUMBER)
        return part?.long === true ? longOf(Number(digits), digits) : Number(digits)
      }
    }
  }

  #object(part: JsonPart | undefined): unknown {
    const names = new Map(part?.members)
    const members: [string, unknown][] = []
    this.#list('}', () => {
      this.#take(SPACE)
      const name = this.#string()
      this.#take(SPACE)
      this.#at++
      members.push([name, this.value(this.#partAt(names.get(name) ?? part?.values))])
    })
    return Object.fromEntries(members)
  }

  #array(items: JsonPart | undefined): unknown {
    const values: unknown[] = []
    this.#list(']', () => values.push(this.value(items)))
    return values
  }

  #list(end: string, element: () => void): void {
    this.#at++
    this.#take(SPACE)
    if (this.text[this.#at] !== end) {
      element()
      while (this.text[this.#at] === ',') {
        this.#at++
        element()
      }
    }
    this.#at++
  }

  #string(): string {
    return JSON.parse(this.#take(STRING)) as string
  }

  #word<T>(value: T): T {
    this.#at += String(value).length
    return value
  }

  #partAt(index: number | undefined): JsonPart | undefined {
    return index === undefined ? undefined : this.longs[index]
  }

  #take(token: RegExp): string {
    token.lastIndex = this.#at
    const [found = ''] = token.exec(this.text) ?? []
    this.#at += found.length
    return found
  }
}
