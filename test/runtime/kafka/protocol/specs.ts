/** Kafka's specifications as test data: what a message of a given version may hold, and its JSON form in Java's tools. */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import fc from '../../../fast-check.js'

import { readMessage } from '../../../../scripts/generate-protocol/spec.js'
import type {
  Field,
  FieldType,
  Message,
  PrimitiveName,
  Range,
  Struct,
} from '../../../../scripts/generate-protocol/spec.js'
import * as protocol from '../../../../runtime/kafka/protocol/index.js'
import type { MessageCodec } from '../../../../runtime/kafka/protocol/index.js'

const MESSAGES = fileURLToPath(new URL('../../../../runtime/kafka/protocol/messages/', import.meta.url))

export type Value =
  boolean | number | bigint | string | Buffer | null | readonly Value[] | { readonly [name: string]: Value }
export type Json = boolean | number | string | null | readonly Json[] | { readonly [name: string]: Json }

export interface Subject {
  readonly message: Message
  readonly codec: MessageCodec<unknown, unknown>
}

const ownCodec = (name: string): MessageCodec<unknown, unknown> => {
  const functions: Record<string, unknown> = { ...protocol }
  return { encode: functions[`encode${name}`], decode: functions[`decode${name}`] } as MessageCodec<unknown, unknown>
}

/** Every message with a generated codec. */
export const subjects: readonly Subject[] = readdirSync(MESSAGES)
  .map((file) => file.replace('.json', ''))
  .sort()
  .map((name) => {
    const cap = /^(Produce|Fetch)(Request|Response)$/.test(name) ? 12 : Infinity
    return { message: readMessage(`${MESSAGES}${name}.json`, cap), codec: ownCodec(name) }
  })

export const versionsOf = ({ versions }: Message): number[] =>
  Array.from({ length: versions.max - versions.min + 1 }, (_, index) => versions.min + index)

const includes = (range: Range, version: number): boolean => version >= range.min && version <= range.max

const structOf = (message: Message, name: string): Struct => {
  const struct = message.structs.find((candidate) => candidate.name === name)
  if (struct === undefined) throw new Error(`${message.name} has no structure ${name}`)
  return struct
}

const INT_BITS: Partial<Record<PrimitiveName, readonly [number, number]>> = {
  int8: [-0x80, 0x7f],
  int16: [-0x8000, 0x7fff],
  uint16: [0, 0xffff],
  int32: [-0x8000_0000, 0x7fff_ffff],
  uint32: [0, 0xffff_ffff],
}

const arbitraryPrimitive = (name: PrimitiveName): fc.Arbitrary<Value> => {
  const bounds = INT_BITS[name]
  if (bounds !== undefined) return fc.integer({ min: bounds[0], max: bounds[1] })
  const bytes = fc.uint8Array({ maxLength: 12 }).map((array) => Buffer.from(array))
  switch (name) {
    case 'bool':
      return fc.boolean()
    case 'int64':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    case 'float64':
      return fc.double({ noNaN: true })
    case 'string':
      return fc.string({ unit: 'grapheme', maxLength: 8 })
    case 'uuid':
      return fc.uint8Array({ minLength: 16, maxLength: 16 }).map(protocol.uuidFromBytes)
    case 'records':
      return fc.option(bytes, { nil: null })
    default:
      return bytes
  }
}

const arbitraryType = (message: Message, type: FieldType, version: number): fc.Arbitrary<Value> => {
  switch (type.kind) {
    case 'primitive':
      return arbitraryPrimitive(type.name)
    case 'struct':
      return arbitraryStruct(message, structOf(message, type.name), version)
    case 'array':
      return fc.array(arbitraryType(message, type.element, version), { maxLength: 3 })
  }
}

const defaultOf = (message: Message, field: Field): Value => {
  const { type, defaultText: text } = field
  if (text === 'null') return null
  if (type.kind === 'array') return []
  if (type.kind === 'struct') {
    const { fields } = structOf(message, type.name)
    return Object.fromEntries(fields.map((inner) => [inner.name, defaultOf(message, inner)]))
  }
  switch (type.name) {
    case 'bool':
      return text === 'true'
    case 'int64':
      return BigInt(text ?? '0')
    case 'string':
      return text ?? ''
    case 'uuid':
      return protocol.ZERO_UUID
    case 'bytes':
      return Buffer.alloc(0)
    case 'records':
      return null
    default:
      return Number(text ?? '0')
  }
}

const arbitraryStruct = (message: Message, struct: Struct, version: number): fc.Arbitrary<Value> =>
  fc.record(
    Object.fromEntries(
      struct.fields.map((field): [string, fc.Arbitrary<Value>] => {
        const byDefault = fc.constant(defaultOf(message, field))
        if (!includes(field.versions, version)) return [field.name, byDefault]
        const value = arbitraryType(message, field.type, version)
        const nullable = includes(field.nullable, version) ? fc.option(value, { nil: null }) : value
        return [field.name, includes(field.tagged, version) ? fc.oneof(byDefault, nullable) : nullable]
      }),
    ),
    { noNullPrototype: true },
  )

/** Messages as a decoder of this version returns them. */
export const arbitraryMessage = (message: Message, version: number): fc.Arbitrary<Value> =>
  arbitraryStruct(message, message.root, version)

const isObject = (value: Value): value is { readonly [name: string]: Value } =>
  typeof value === 'object' && value !== null && !Buffer.isBuffer(value) && !Array.isArray(value)

/** The form that Java's generated JsonConverter classes read and write. Fields that the version lacks are left out. */
export const toJson = (message: Message, version: number, value: Value, type?: FieldType): Json => {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
    return value
  if (typeof value === 'bigint') return `${value}n`
  if (Buffer.isBuffer(value)) return value.toString('base64')
  if (!isObject(value)) {
    const element = type?.kind === 'array' ? type.element : undefined
    return value.map((item) => toJson(message, version, item, element))
  }
  const { fields } = type?.kind === 'struct' ? structOf(message, type.name) : message.root
  const present = fields.filter((field) => includes(field.versions, version))
  return Object.fromEntries(
    present.map((field) => [field.name, toJson(message, version, value[field.name] as Value, field.type)]),
  )
}

const fromPrimitive = (name: PrimitiveName, json: Json): Value => {
  if (name === 'int64') return BigInt((json as string).slice(0, -1))
  if (name === 'bytes' || name === 'records') return Buffer.from(json as string, 'base64')
  return json
}

const fromType = (message: Message, type: FieldType, json: Json): Value => {
  if (json === null) return null
  switch (type.kind) {
    case 'primitive':
      return fromPrimitive(type.name, json)
    case 'array':
      return (json as readonly Json[]).map((item) => fromType(message, type.element, item))
    case 'struct':
      return fromStruct(message, structOf(message, type.name), json)
  }
}

const fromStruct = (message: Message, struct: Struct, json: Json): Value => {
  const values = json as { readonly [name: string]: Json }
  return Object.fromEntries(
    struct.fields.map((field): [string, Value] => {
      const value = values[field.name]
      return [field.name, value === undefined ? defaultOf(message, field) : fromType(message, field.type, value)]
    }),
  )
}

/** The complete message that `toJson` came from. */
export const fromJson = (message: Message, json: Json): Value => fromStruct(message, message.root, json)
