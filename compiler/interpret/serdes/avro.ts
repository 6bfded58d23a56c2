/**
 * Avro with its schemas, framed in the Confluent wire format or bare. The full datum is decoded when it is valid, so
 * that a demand which forgets a field shows as a difference to the compiled form.
 */
import { decodeResolved } from '../../../avro/decode.js'
import { encodeValue } from '../../../avro/encode.js'
import { schemaFingerprint } from '../../../avro/fingerprint.js'
import { resolveSchemas, type Resolution } from '../../../avro/resolve.js'
import type { AvroSchema } from '../../../avro/schema.js'
import type { LongMode } from '../../../avro/union-shape.js'
import type { Demand } from '../../ir/demand.js'
import { decodeDemanded } from './demanded.js'
import { SerdeError, type BytesSerde } from './element-serde.js'

/** Ids of a schema registry. */
export interface SchemaIds {
  /** undefined: there is no such id. */
  schemaOf(id: number): AvroSchema | undefined
  idOf(fingerprint: string): number
}

export interface AvroSerdeOptions {
  /** What lambdas see, and what is written. */
  readonly schema: AvroSchema
  readonly long: LongMode
  readonly demand: Demand
  /** undefined: bytes of `schema` without a frame. */
  readonly ids: SchemaIds | undefined
}

const MAGIC = 0
const FRAME_BYTES = 5

export function avroSerde(options: AvroSerdeOptions): BytesSerde {
  const { schema, long, demand, ids } = options
  const resolutions = new Map<AvroSchema, Resolution>()
  const resolutionOf = (writer: AvroSchema): Resolution => {
    const known = resolutions.get(writer) ?? resolveSchemas(writer, schema).resolution
    resolutions.set(writer, known)
    return known
  }
  const decode = (writer: AvroSchema, bytes: Uint8Array): unknown => {
    const resolution = resolutionOf(writer)
    try {
      return decodeResolved(resolution, bytes, long)
    } catch {
      return decodeDemanded(resolution, demand, bytes, long)
    }
  }
  if (ids === undefined) {
    return { decode: (bytes) => decode(schema, bytes), encode: (value) => encodeValue(schema, value, { long }) }
  }
  return {
    decode: (bytes) => decode(writerOf(bytes, ids), bytes.subarray(FRAME_BYTES)),
    encode: (value) => framed(ids.idOf(schemaFingerprint(schema)), encodeValue(schema, value, { long })),
  }
}

function writerOf(bytes: Uint8Array, ids: SchemaIds): AvroSchema {
  if (bytes.length < FRAME_BYTES || bytes[0] !== MAGIC)
    throw new SerdeError('the bytes are no Avro message with a schema id')
  const id = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).readInt32BE(1)
  const writer = ids.schemaOf(id)
  if (writer === undefined) throw new SerdeError(`there is no schema with id ${id}`)
  return writer
}

function framed(id: number, data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(FRAME_BYTES + data.length)
  bytes[0] = MAGIC
  bytes.writeInt32BE(id, 1)
  bytes.set(data, FRAME_BYTES)
  return bytes
}
