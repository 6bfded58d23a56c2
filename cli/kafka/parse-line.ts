/** One JSON line to a record: Avro where the topic has a subject, else text or JSON as it stands. */
import { encodeValue } from '../../avro/encode.js'
import { fromJson } from '../../avro/json.js'
import type { AvroSchema, JsonValue } from '../../avro/schema.js'
import type { OutgoingRecord } from '../../runtime/kafka/tools/write-records.js'
import { frame } from './framed-schema.js'

export interface RegisteredSchema {
  readonly id: number
  readonly schema: AvroSchema
}

/** undefined: the registry has no such subject. */
export interface LineSchemas {
  readonly key: RegisteredSchema | undefined
  readonly value: RegisteredSchema | undefined
}

export interface LineOptions {
  /** Field of the value that becomes the key. */
  readonly keyField: string | undefined
  readonly envelope: boolean
}

export interface LineProblem {
  readonly line: number
  /** Path of the field; empty: the whole line. */
  readonly path: string
  readonly message: string
}

interface Envelope {
  readonly key: JsonValue
  readonly value: JsonValue
  readonly timestamp: number
  readonly headers: readonly { readonly key: string; readonly value: Buffer }[]
}

type Result =
  | { readonly ok: true; readonly record: OutgoingRecord }
  | { readonly ok: false; readonly problems: readonly LineProblem[] }

export function parseLine(text: string, line: number, schemas: LineSchemas, options: LineOptions): Result {
  const problems: LineProblem[] = []
  const fail = (path: string, message: string) => void problems.push({ line, path, message })
  const json = parseJson(text, fail)
  if (json === undefined) return { ok: false, problems }
  const envelope = options.envelope ? openEnvelope(json, fail) : bare(json, options.keyField, fail)
  if (envelope === undefined) return { ok: false, problems }
  const key = encode(envelope.key, schemas.key, 'key', fail)
  const value = encode(envelope.value, schemas.value, options.envelope ? 'value' : '', fail)
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, record: { key, value, timestamp: envelope.timestamp, headers: envelope.headers } }
}

type Fail = (path: string, message: string) => void

function parseJson(text: string, fail: Fail): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  } catch (error) {
    fail('', `not JSON: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

const isObject = (json: JsonValue): json is Readonly<Record<string, JsonValue>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json)

function bare(value: JsonValue, keyField: string | undefined, fail: Fail): Envelope | undefined {
  const common = { value, timestamp: Date.now(), headers: [] }
  if (keyField === undefined) return { ...common, key: null }
  const key = isObject(value) ? value[keyField] : undefined
  if (key !== undefined) return { ...common, key }
  fail(keyField, `no such field to take the key from (--key ${keyField})`)
  return undefined
}

const envelopeFields = new Set(['key', 'value', 'timestamp', 'headers'])

function openEnvelope(json: JsonValue, fail: Fail): Envelope | undefined {
  if (!isObject(json)) {
    fail('', 'an envelope is an object with key, value, timestamp and headers')
    return undefined
  }
  for (const name of Object.keys(json)) {
    if (!envelopeFields.has(name)) fail(name, 'unknown field of an envelope (key, value, timestamp, headers)')
  }
  const { key = null, value = null, headers = {}, timestamp = Date.now() } = json
  const time = typeof timestamp === 'number' ? timestamp : typeof timestamp === 'string' ? Date.parse(timestamp) : NaN
  if (!Number.isSafeInteger(time)) fail('timestamp', 'neither ms since the epoch nor an ISO 8601 time')
  if (!isObject(headers)) fail('headers', 'not an object of texts')
  const pairs = isObject(headers) ? Object.entries(headers) : []
  return {
    key,
    value,
    timestamp: time,
    headers: pairs.map(([name, text]) => ({ key: name, value: Buffer.from(asText(text)) })),
  }
}

function encode(json: JsonValue, schema: RegisteredSchema | undefined, at: string, fail: Fail): Uint8Array | null {
  if (json === null) return null
  if (schema === undefined) return Buffer.from(asText(json))
  const read = fromJson(schema.schema, json, { long: 'bigint' })
  if (read.ok) return frame(schema.id, encodeValue(schema.schema, read.value, { long: 'bigint' }))
  for (const { path, message } of read.errors) fail([at, path].filter((part) => part !== '').join('.'), message)
  return null
}

const asText = (json: JsonValue): string => (typeof json === 'string' ? json : JSON.stringify(json))
