/** The shape of the generated codecs, and the few helpers that their code calls. */
import { ProtocolError, UnsupportedFieldError, UnsupportedVersionError } from './protocol-error.js'
import type { Reader } from './reader.js'
import { Writer } from './writer.js'

/** `Input` may leave out what has a default; `Message` is complete. */
export interface MessageCodec<Input, Message> {
  readonly encode: (version: number, message: Input, writer: Writer) => void
  readonly decode: (version: number, reader: Reader) => Message
}

export interface Api<RequestInput, Request, ResponseInput, Response> {
  readonly key: number
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
  /** First version with compact lengths and tagged fields; `Infinity` where there is none. */
  readonly flexibleFrom: number
  readonly request: MessageCodec<RequestInput, Request>
  readonly response: MessageCodec<ResponseInput, Response>
}

/** Any API, where only key, name and versions matter. */
export type AnyApi = Api<never, unknown, never, unknown>

type Encode<T> = (version: number, element: T, writer: Writer) => void
type Decode<T> = (version: number, reader: Reader) => T

export const checkVersion = (message: string, version: number, min: number, max: number): void => {
  if (!(version >= min && version <= max)) throw new UnsupportedVersionError(message, version, min, max)
}

/** For a field that the version lacks: a value other than the default must not be lost. */
export const refuseField = (isSet: boolean, field: string, version: number): void => {
  if (isSet) throw new UnsupportedFieldError(field, version)
}

/** For a field that may be null in other versions only. */
export const notNull = <T>(value: T | null, field: string, version: number): T => {
  if (value === null) throw new UnsupportedFieldError(field, version, 'must not be null')
  return value
}

export const encodeArray = <T>(
  writer: Writer,
  version: number,
  flexible: boolean,
  items: readonly T[],
  encode: Encode<T>,
): void => {
  writer.arrayLength(items.length, flexible)
  for (const item of items) encode(version, item, writer)
}

export const encodeNullableArray = <T>(
  writer: Writer,
  version: number,
  flexible: boolean,
  items: readonly T[] | null,
  encode: Encode<T>,
): void => {
  if (items === null) writer.nullLength(flexible)
  else encodeArray(writer, version, flexible, items, encode)
}

const decodeItems = <T>(reader: Reader, version: number, length: number, decode: Decode<T>): T[] => {
  const items: T[] = []
  for (let i = 0; i < length; i++) items.push(decode(version, reader))
  return items
}

export const decodeArray = <T>(reader: Reader, version: number, flexible: boolean, decode: Decode<T>): T[] =>
  decodeItems(reader, version, reader.arrayLength(flexible), decode)

export const decodeNullableArray = <T>(
  reader: Reader,
  version: number,
  flexible: boolean,
  decode: Decode<T>,
): T[] | null => {
  const length = reader.nullableLength(flexible)
  return length < 0 ? null : decodeItems(reader, version, length, decode)
}

/** Collects the tagged fields of one structure; fields at their default are not added. */
export class TaggedFields {
  readonly #fields: { readonly tag: number; readonly content: Writer }[] = []

  /** Tags must come in ascending order. */
  add(tag: number, write: (writer: Writer) => void): void {
    const last = this.#fields.at(-1)
    if (last !== undefined && last.tag >= tag) throw new ProtocolError(`tag ${tag} written after tag ${last.tag}`)
    const content = new Writer(64)
    write(content)
    this.#fields.push({ tag, content })
  }

  writeTo(writer: Writer): void {
    writer.unsignedVarint(this.#fields.length)
    for (const { tag, content } of this.#fields) {
      writer.unsignedVarint(tag)
      writer.unsignedVarint(content.size)
      for (const part of content.parts()) writer.raw(part)
    }
  }
}
