/** Bodies of requests: JSON objects, checked where they carry a schema. */
import { failures, RegistryFailure } from './failure.js'
import type { SchemaReference } from './schema-content.js'
import type { SchemaRequest } from './store.js'

export type RequestBody = Readonly<Record<string, unknown>>

export function parseBody(text: string): RequestBody {
  if (text === '') return {}
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw new RegistryFailure(400, 400, 'the body is no JSON')
  }
  if (!isObject(body)) throw new RegistryFailure(400, 400, 'the body is no JSON object')
  return body
}

export function schemaRequest(body: RequestBody): SchemaRequest {
  const { schema, schemaType = 'AVRO', references = [], id, version } = body
  if (typeof schema !== 'string') throw failures.invalidSchema('the request has no "schema"')
  if (schemaType !== 'AVRO' && schemaType !== 'JSON' && schemaType !== 'PROTOBUF') {
    throw failures.invalidSchema(`unknown schemaType ${JSON.stringify(schemaType)}`)
  }
  if (!Array.isArray(references)) throw failures.invalidSchema('references must be a list')
  return {
    schema,
    schemaType,
    references: references.map(reference),
    ...(typeof id === 'number' ? { id } : {}),
    ...(typeof version === 'number' ? { version } : {}),
  }
}

function reference(json: unknown): SchemaReference {
  const { name, subject, version } = isObject(json) ? json : {}
  if (typeof name === 'string' && typeof subject === 'string' && typeof version === 'number') {
    return { name, subject, version }
  }
  throw failures.invalidSchema('a reference needs name, subject and version')
}

function isObject(json: unknown): json is RequestBody {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}
