/**
 * Rewrites Avro bytes of a writer schema in a reader schema through avsc's schema resolution. Longs are bigints, so
 * that none loses precision; logical types play no part, since values go out as they came in. A reader's resolver is
 * built once per schema text.
 */
import avsc from 'avsc'
import type { Schema, Type } from 'avsc'
import type { WriterSchema } from './runtime-registry.js'

const longType = avsc.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const buffer = Buffer.alloc(8)
    buffer.writeBigInt64LE(value)
    return buffer
  },
  fromJSON: (value: number | string) => BigInt(value),
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
})

const isLong = (schema: unknown): boolean =>
  schema === 'long' || (schema !== null && typeof schema === 'object' && Reflect.get(schema, 'type') === 'long')

/** For every type that is resolved against another one of these. A fresh object each: avsc keeps names in it. */
export const avscOptions = (): { typeHook: (schema: unknown) => Type | undefined } => ({
  typeHook: (schema) => (isLong(schema) ? longType : undefined),
})

export const isAvscType = (value: unknown): value is Type => avsc.Type.isType(value)

export const transcoder = (writer: Type): WriterSchema => {
  const readers = new Map<string, { readonly type: Type; readonly resolver: ReturnType<Type['createResolver']> }>()
  const readerOf = (text: string) => {
    let reader = readers.get(text)
    if (reader === undefined) {
      const type = avsc.Type.forSchema(JSON.parse(text) as Schema, avscOptions())
      reader = { type, resolver: type.createResolver(writer) }
      readers.set(text, reader)
    }
    return reader
  }
  return {
    transcode(readerSchema, buffer, start, end) {
      const { type, resolver } = readerOf(readerSchema)
      const value: unknown = type.fromBuffer(buffer.subarray(start, end), resolver)
      return type.toBuffer(value)
    },
  }
}

/** A writer schema that cannot be used: its messages are poison records. */
export const unusable = (reason: string): WriterSchema => ({
  transcode() {
    throw new TypeError(reason)
  },
})
