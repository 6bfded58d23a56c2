/** Serdes without a schema, in the formats of Kafka's Java serializers; JSON in canonical form (RFC 8785). */
import { RecordEncodeError, RecordFormatError } from './errors.js'
import type { Scratch } from './scratch.js'
import { checkedText } from './text.js'

export function decodeJson(bytes: Uint8Array, start: number, end: number): unknown {
  return parseJson(checkedText(bytes, start, end))
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new RecordFormatError(`no valid JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

export function decodeInt32(bytes: Uint8Array, start: number, end: number): number {
  return sized(bytes, start, end, 4).getInt32(0)
}

export function decodeInt64(bytes: Uint8Array, start: number, end: number): bigint {
  return sized(bytes, start, end, 8).getBigInt64(0)
}

export function decodeDouble(bytes: Uint8Array, start: number, end: number): number {
  return sized(bytes, start, end, 8).getFloat64(0)
}

export function decodeUuid(bytes: Uint8Array, start: number, end: number): string {
  const text = checkedText(bytes, start, end)
  if (!UUID.test(text)) throw new RecordFormatError(`${JSON.stringify(text)} is no uuid`)
  return text.toLowerCase()
}

function sized(bytes: Uint8Array, start: number, end: number, size: number): DataView {
  if (end - start !== size) throw new RecordFormatError(`${size} bytes are needed, the record holds ${end - start}`)
  return new DataView(bytes.buffer, bytes.byteOffset + start, size)
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function encodeJson(out: Scratch, value: unknown): void {
  out.raw(Buffer.from(canonicalJson(value, 'the value')))
}

export function encodeString(out: Scratch, value: unknown): void {
  out.raw(Buffer.from(wellFormedText(value)))
}

export function encodeBytes(out: Scratch, value: unknown): void {
  if (!(value instanceof Uint8Array)) throw new RecordEncodeError(`a Uint8Array is needed, not ${describe(value)}`)
  out.raw(value)
}

export function encodeInt32(out: Scratch, value: unknown): void {
  if (typeof value !== 'number') throw new RecordEncodeError(`a number is needed, not ${describe(value)}`)
  if (value !== (value | 0)) throw new RecordEncodeError(`${value} is no 32-bit integer`)
  out.big(4).setInt32(0, value)
}

export function encodeInt64(out: Scratch, value: unknown): void {
  if (typeof value !== 'bigint') throw new RecordEncodeError(`a bigint is needed, not ${describe(value)}`)
  if (BigInt.asIntN(64, value) !== value) throw new RecordEncodeError(`${value} does not fit 64 bits`)
  out.big(8).setBigInt64(0, value)
}

export function encodeDouble(out: Scratch, value: unknown): void {
  if (typeof value !== 'number') throw new RecordEncodeError(`a number is needed, not ${describe(value)}`)
  out.big(8).setFloat64(0, value)
}

export function encodeUuid(out: Scratch, value: unknown): void {
  const text = wellFormedText(value)
  if (!UUID.test(text)) throw new RecordEncodeError(`${JSON.stringify(text)} is no uuid`)
  out.raw(Buffer.from(text.toLowerCase()))
}

const LONE_SURROGATE = /\p{Surrogate}/u

/** A string that UTF-8 can express. */
export function wellFormedText(value: unknown): string {
  if (typeof value !== 'string') throw new RecordEncodeError(`a string is needed, not ${describe(value)}`)
  for (let index = 0; index < value.length; index++) {
    if (value.charCodeAt(index) < 0xd800) continue
    if (LONE_SURROGATE.test(value)) {
      throw new RecordEncodeError('the string holds a lone surrogate, which UTF-8 cannot express')
    }
    break
  }
  return value
}

function describe(value: unknown): string {
  const primitive = ['number', 'bigint', 'boolean', 'string'].includes(typeof value)
  return primitive ? `${typeof value} ${String(value)}` : Object.prototype.toString.call(value)
}

/** Members sorted by UTF-16 code units, no white space: equal values have equal bytes and can serve as keys. */
function canonicalJson(value: unknown, path: string): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value)
    case 'bigint':
      return String(value)
    case 'number':
      if (!Number.isFinite(value)) throw new RecordEncodeError(`${path} is ${value}, which JSON cannot hold`)
      return JSON.stringify(value)
    case 'object':
      return value === null ? 'null' : canonicalObject(value, path)
    default:
      throw new RecordEncodeError(`${path} is of type ${typeof value}, which JSON cannot hold`)
  }
}

function canonicalObject(value: object, path: string): string {
  if (Array.isArray(value)) {
    // Not map(): a hole is null, as JSON.stringify has it.
    return `[${Array.from(value, (item: unknown, index) => canonicalJson(item ?? null, `${path}[${index}]`)).join(',')}]`
  }
  if (hasToJson(value)) return canonicalJson(value.toJSON(), path)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new RecordEncodeError(`${path} is an instance of ${value.constructor.name}, which JSON cannot hold`)
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
