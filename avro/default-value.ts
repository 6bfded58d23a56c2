/**
 * Defaults of fields: JSON, as the schema holds them, to the value that a reader gets. Avro writes them in its own JSON
 * encoding, except that a union's default is written bare. The specification wants it to match the first branch; Java
 * and registries accept any, so we take the first branch that fits.
 */
import { decimalFromBytes } from './decimal.js'
import { quote } from './names.js'
import { branchName, type AvroSchema, type JsonObject, type JsonValue, type PrimitiveSchema } from './schema.js'
import { unionShape, type LongMode } from './union-shape.js'

export type DefaultValue =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly path: string; readonly message: string }

/** Why JSON is no default for a schema, or undefined; `path` is relative to the field. */
export function defaultProblem(schema: AvroSchema, json: JsonValue): { path: string; message: string } | undefined {
  // As bigint, since a default that only a bigint can hold is a fault of the reader's choice, not of the schema.
  const result = defaultValue(schema, json, 'bigint')
  return result.ok ? undefined : result
}

/** The typed value; a fresh one at each call, so that nobody can change another's default. */
export function defaultValue(schema: AvroSchema, json: JsonValue, long: LongMode): DefaultValue {
  switch (schema.type) {
    case 'array':
      if (!isList(json)) return mismatch('an array', json)
      return collect(json.map((item, index) => [`[${index}]`, defaultValue(schema.items, item, long)]))
    case 'map':
      return mapDefault(schema.values, json, long)
    case 'union':
      return unionDefault(schema, json, long)
    case 'enum':
      if (typeof json === 'string' && schema.symbols.includes(json)) return { ok: true, value: json }
      return mismatch(`a symbol of ${schema.name}`, json)
    case 'fixed': {
      const bytes = latin1(json)
      if (bytes?.length !== schema.size) return mismatch(`a string of ${schema.size} characters up to U+00FF`, json)
      return {
        ok: true,
        value: schema.logical?.kind === 'decimal' ? decimalFromBytes(bytes, schema.logical.scale) : bytes,
      }
    }
    case 'record':
      return recordDefault(schema, json, long)
    default:
      return primitiveDefault(schema, json, long)
  }
}

function mapDefault(values: AvroSchema, json: JsonValue, long: LongMode): DefaultValue {
  if (!isObject(json)) return mismatch('an object', json)
  const map = Object.create(null) as Record<string, unknown>
  for (const [key, item] of Object.entries(json)) {
    if (key === '__proto__') return { ok: false, path: '{}', message: 'the map key __proto__ is refused' }
    const result = defaultValue(values, item, long)
    if (!result.ok) return { ...result, path: `[${quote(key)}]${result.path}` }
    map[key] = result.value
  }
  return { ok: true, value: map }
}

function unionDefault(schema: AvroSchema & { type: 'union' }, json: JsonValue, long: LongMode): DefaultValue {
  const shape = unionShape(schema, long)
  const failures: DefaultValue[] = []
  for (const branch of shape.branches) {
    const result = defaultValue(branch.schema, json, long)
    if (!result.ok) failures.push(result)
    else if (!shape.wrapped || branch.shape === 'null') return result
    else return { ok: true, value: { [branch.name]: result.value } }
  }
  // With one candidate its own reason says most.
  const [only] = failures
  if (failures.length === 1 && only !== undefined) return only
  return mismatch(`one of ${schema.branches.map(branchName).join(', ')}`, json)
}

function recordDefault(schema: AvroSchema & { type: 'record' }, json: JsonValue, long: LongMode): DefaultValue {
  if (!isObject(json)) return mismatch('an object', json)
  const record: Record<string, unknown> = {}
  for (const field of schema.fields) {
    const item = Object.hasOwn(json, field.name) ? json[field.name] : field.default?.json
    if (item === undefined) return { ok: false, path: `.${field.name}`, message: 'the field is missing' }
    const result = defaultValue(field.schema, item, long)
    if (!result.ok) return { ...result, path: `.${field.name}${result.path}` }
    record[field.name] = result.value
  }
  return { ok: true, value: record }
}

function primitiveDefault(schema: PrimitiveSchema, json: JsonValue, long: LongMode): DefaultValue {
  switch (schema.type) {
    case 'null':
      return json === null ? { ok: true, value: null } : mismatch('null', json)
    case 'boolean':
      return typeof json === 'boolean' ? { ok: true, value: json } : mismatch('a boolean', json)
    case 'int':
      return typeof json === 'number' && json === (json | 0) ? { ok: true, value: json } : mismatch('an int', json)
    case 'long':
      return longDefault(schema, json, long)
    case 'float':
    case 'double':
      if (typeof json !== 'number') return mismatch('a number', json)
      return { ok: true, value: schema.type === 'float' ? Math.fround(json) : json }
    case 'string':
      return typeof json === 'string' ? { ok: true, value: json } : mismatch('a string', json)
    case 'bytes': {
      const bytes = latin1(json)
      if (bytes === undefined) return mismatch('a string of characters up to U+00FF', json)
      return {
        ok: true,
        value: schema.logical?.kind === 'decimal' ? decimalFromBytes(bytes, schema.logical.scale) : bytes,
      }
    }
  }
}

function longDefault(schema: PrimitiveSchema, json: JsonValue, long: LongMode): DefaultValue {
  // Beyond 2^53 JSON.parse has rounded already: the schema is valid, but the value is not known.
  if (typeof json !== 'number' || !Number.isInteger(json) || Math.abs(json) > 2 ** 63) return mismatch('a long', json)
  if (schema.logical?.kind === 'timestamp-millis') return { ok: true, value: new Date(json) }
  if (long === 'bigint') return { ok: true, value: BigInt.asIntN(64, BigInt(json === 2 ** 63 ? json - 1024 : json)) }
  if (Number.isSafeInteger(json)) return { ok: true, value: json }
  return { ok: false, path: '', message: `${json} is beyond 2^53 - 1: choose bigint for the longs of the subject` }
}

function collect(items: readonly (readonly [string, DefaultValue])[]): DefaultValue {
  const values: unknown[] = []
  for (const [path, item] of items) {
    if (!item.ok) return { ...item, path: path + item.path }
    values.push(item.value)
  }
  return { ok: true, value: values }
}

/** Bytes are written as a string, one character a byte. */
function latin1(json: JsonValue): Uint8Array | undefined {
  if (typeof json !== 'string') return undefined
  const bytes = new Uint8Array(json.length)
  for (let index = 0; index < json.length; index++) {
    const code = json.charCodeAt(index)
    if (code > 0xff) return undefined
    bytes[index] = code
  }
  return bytes
}

function mismatch(expected: string, json: JsonValue): DefaultValue {
  const text = JSON.stringify(json)
  return {
    ok: false,
    path: '',
    message: `expected ${expected}, not ${text.length > 80 ? `${text.slice(0, 77)}...` : text}`,
  }
}

function isList(json: JsonValue): json is readonly JsonValue[] {
  return Array.isArray(json)
}

function isObject(json: JsonValue): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}
