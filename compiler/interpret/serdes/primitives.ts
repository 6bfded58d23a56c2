/** The serdes without a schema, in the formats of Kafka's Java serializers: big-endian numbers, uuids as text. */
import { SerdeError, type BytesSerde } from './element-serde.js'
import { decodeUtf8, encodeUtf8 } from './utf8.js'

export const stringSerde: BytesSerde = {
  decode: decodeUtf8,
  encode: (value) => encodeUtf8(expectType(value, 'string')),
}

export const bytesSerde: BytesSerde = {
  decode: (bytes) => bytes,
  encode(value) {
    if (value instanceof Uint8Array) return value
    throw new SerdeError(`a Uint8Array is needed, not ${describe(value)}`)
  },
}

export const int32Serde: BytesSerde = {
  decode: (bytes) => sized(bytes, 4).getInt32(0),
  encode(value) {
    const number = expectType(value, 'number')
    if (!Number.isInteger(number) || number < -(2 ** 31) || number >= 2 ** 31) {
      throw new SerdeError(`${number} is no 32-bit integer`)
    }
    const bytes = new Uint8Array(4)
    viewOf(bytes).setInt32(0, number)
    return bytes
  },
}

export const int64Serde: BytesSerde = {
  decode: (bytes) => sized(bytes, 8).getBigInt64(0),
  encode(value) {
    const long = expectType(value, 'bigint')
    if (BigInt.asIntN(64, long) !== long) throw new SerdeError(`${long} does not fit 64 bits`)
    const bytes = new Uint8Array(8)
    viewOf(bytes).setBigInt64(0, long)
    return bytes
  },
}

export const doubleSerde: BytesSerde = {
  decode: (bytes) => sized(bytes, 8).getFloat64(0),
  encode(value) {
    const bytes = new Uint8Array(8)
    viewOf(bytes).setFloat64(0, expectType(value, 'number'))
    return bytes
  },
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export const uuidSerde: BytesSerde = {
  decode: (bytes) => canonicalUuid(decodeUtf8(bytes)),
  encode: (value) => Buffer.from(canonicalUuid(expectType(value, 'string'))),
}

function canonicalUuid(text: string): string {
  if (!UUID.test(text)) throw new SerdeError(`${JSON.stringify(text)} is no uuid`)
  return text.toLowerCase()
}

interface TypeNames {
  string: string
  number: number
  bigint: bigint
}

function expectType<N extends keyof TypeNames>(value: unknown, name: N): TypeNames[N]
function expectType(value: unknown, name: string): unknown {
  if (typeof value === name) return value
  throw new SerdeError(`a ${name} is needed, not ${describe(value)}`)
}

function describe(value: unknown): string {
  const primitive = ['number', 'bigint', 'boolean', 'string'].includes(typeof value)
  return primitive ? `${typeof value} ${String(value)}` : Object.prototype.toString.call(value)
}

function sized(bytes: Uint8Array, size: number): DataView {
  if (bytes.length !== size) throw new SerdeError(`${size} bytes are needed, the record holds ${bytes.length}`)
  return viewOf(bytes)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
