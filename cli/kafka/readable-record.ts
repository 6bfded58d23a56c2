/**
 * Records as JSON for people: framed Avro through the registry, else JSON or text where the bytes are that, else base64.
 * What cannot be decoded is shown with the reason, never left out.
 */
import { decodeValue } from '../../avro/decode.js'
import { toJson } from '../../avro/json.js'
import type { AvroSchema, JsonValue } from '../../avro/schema.js'
import type { IncomingRecord } from '../../runtime/kafka/tools/read-records.js'
import { frameBytes, framedId } from './framed-schema.js'

export interface ReadableRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** ISO 8601. */
  readonly timestamp: string
  readonly key: JsonValue
  readonly value: JsonValue
  readonly headers?: Readonly<Record<string, string>>
  /** Why key or value are raw bytes. */
  readonly problem?: string
}

/** undefined: no registry is configured. */
export type SchemaById = ((id: number) => Promise<AvroSchema>) | undefined

interface Readable {
  readonly json: JsonValue
  readonly problem?: string
}

export async function readableRecord(record: IncomingRecord, schemaById: SchemaById): Promise<ReadableRecord> {
  const key = await readable(record.key, schemaById)
  const value = await readable(record.value, schemaById)
  const problem = [key.problem && `key: ${key.problem}`, value.problem && `value: ${value.problem}`]
    .filter((text) => text !== undefined)
    .join('; ')
  const headers = Object.fromEntries(record.headers.map(({ key: name, value: bytes }) => [name, headerText(bytes)]))
  return {
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    timestamp: new Date(record.timestamp).toISOString(),
    key: key.json,
    value: value.json,
    ...(record.headers.length > 0 ? { headers } : {}),
    ...(problem === '' ? {} : { problem }),
  }
}

async function readable(bytes: Buffer | null, schemaById: SchemaById): Promise<Readable> {
  if (bytes === null) return { json: null }
  const id = framedId(bytes)
  if (id === undefined) return { json: unframed(bytes) }
  if (schemaById === undefined)
    return { json: unframed(bytes), problem: `schema id ${id}, but no registry is configured` }
  try {
    const schema = await schemaById(id)
    // Longs beyond 2^53 are printed as text: nothing is lost where people look.
    return {
      json: toJson(schema, decodeValue(schema, bytes.subarray(frameBytes), { long: 'bigint' }), { long: 'bigint' }),
    }
  } catch (error) {
    return { json: unframed(bytes), problem: error instanceof Error ? error.message : String(error) }
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function unframed(bytes: Buffer): JsonValue {
  try {
    const text = utf8.decode(bytes)
    if (/[\u0000-\u0008\u000e-\u001f]/.test(text)) return { base64: bytes.toString('base64') }
    return jsonOrText(text)
  } catch {
    return { base64: bytes.toString('base64') }
  }
}

/** Objects and arrays only: a key "5" stays a text. */
function jsonOrText(text: string): JsonValue {
  if (!/^\s*[[{]/.test(text)) return text
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return text
  }
}

function headerText(bytes: Uint8Array | null): string {
  return bytes === null ? '' : Buffer.from(bytes).toString('utf8')
}
