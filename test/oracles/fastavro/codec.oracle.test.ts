/** Random schemas, data and evolution pairs, against fastavro: an Avro that shares no code with ours or avsc. */
import fc from '../../fast-check.js'
import { expect, test } from 'vitest'
import { parsingCanonicalForm } from '../../../avro/canonical.js'
import { decimalToBytes, isDecimal } from '../../../avro/decimal.js'
import { canRead } from '../../../avro/compatibility.js'
import { decodeValue } from '../../../avro/decode.js'
import { encodeValue } from '../../../avro/encode.js'
import { rabinFingerprintBytes } from '../../../avro/fingerprint.js'
import { printSchema } from '../../../avro/print-schema.js'
import { resolveSchemas, type Resolution } from '../../../avro/resolve.js'
import type { AvroSchema, JsonValue } from '../../../avro/schema.js'
import { branchOf, unionShape } from '../../../avro/union-shape.js'
import { arbitraryEvolution, type Evolution } from '../../avro/arbitrary-schema.js'
import { python } from '../clients/python.js'

const seed = 20_260_101
const long = 'bigint'

interface Answer {
  readonly bytes: string
  readonly read: unknown
  readonly canonical: string
  readonly fingerprint: string
}

test(`300 random evolutions, seed ${seed}`, async () => {
  const evolutions = fc.sample(arbitraryEvolution(long), { numRuns: 300, seed }).filter(isComparable)
  expect(evolutions.length).toBeGreaterThan(200)
  const cases = evolutions.map(({ writer, reader }) => ({
    writer: withoutLogicalTypes(printSchema(writer.schema)),
    reader: withoutLogicalTypes(printSchema(reader.schema)),
    value: tagged(writer.schema, writer.value, true),
    bytes: hex(encodeValue(writer.schema, writer.value, { long })),
  }))
  const answers = (await python('fastavro_codec.py', { cases })) as readonly Answer[]
  for (const [index, { writer, reader }] of evolutions.entries()) {
    const answer = answers[index]
    const about = JSON.stringify(cases[index], null, 1)
    const bytes = encodeValue(writer.schema, writer.value, { long })
    expect(answer?.bytes, about).toBe(hex(bytes))
    const ours = decodeValue(writer.schema, bytes, { reader: reader.schema, long })
    expect(answer?.read, about).toEqual(tagged(reader.schema, ours, false))
    expect(answer?.canonical, about).toBe(parsingCanonicalForm(writer.schema))
    expect(answer?.fingerprint, about).toBe(hex(rabinFingerprintBytes(writer.schema)))
  }
})

/** A value as the script takes it, or gives it: there the branch of a union is not told. */
function tagged(schema: AvroSchema, value: unknown, withBranches: boolean): unknown {
  switch (schema.type) {
    case 'array':
      return (value as readonly unknown[]).map((item) => tagged(schema.items, item, withBranches))
    case 'map':
      return mapValues(value as object, (item) => tagged(schema.values, item, withBranches))
    case 'record': {
      const record = value as Readonly<Record<string, unknown>>
      const fields = schema.fields.map((field) => [field.name, tagged(field.schema, record[field.name], withBranches)])
      return Object.fromEntries(fields) as unknown
    }
    case 'union': {
      const shape = unionShape(schema, long)
      const found = branchOf(shape, value)
      const branch = shape.branches[found?.index ?? -1]
      if (found === undefined || branch === undefined) throw new Error('the value has no branch')
      const inner = tagged(branch.schema, found.value, withBranches)
      return withBranches && branch.shape !== 'null' ? { $branch: [branch.name, inner] } : inner
    }
    case 'float':
    case 'double': {
      const bytes = Buffer.alloc(8)
      bytes.writeDoubleBE(value as number)
      return { $double: bytes.toString('hex') }
    }
    default:
      return taggedScalar(value)
  }
}

function taggedScalar(value: unknown): unknown {
  if (isDecimal(value)) return { $bytes: hex(decimalToBytes(value.unscaled) ?? new Uint8Array()) }
  if (value instanceof Uint8Array) return { $bytes: hex(value) }
  if (value instanceof Date) return { $long: String(value.getTime()) }
  if (typeof value === 'bigint' || typeof value === 'number') return { $long: String(value) }
  return value
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function withoutLogicalTypes(json: JsonValue): JsonValue {
  if (Array.isArray(json)) return (json as readonly JsonValue[]).map(withoutLogicalTypes)
  if (typeof json !== 'object' || json === null) return json
  const kept = Object.entries(json).filter(([key]) => !['logicalType', 'precision', 'scale'].includes(key))
  return Object.fromEntries(kept.map(([key, value]) => [key, key === 'default' ? value : withoutLogicalTypes(value)]))
}

function mapValues(object: object, change: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))
}

/**
 * Left out, where fastavro differs: promotions to float, of which it keeps more than 32 bits; defaults of bytes, which it
 * gives as text; unions of the reader where an earlier branch takes the value by a promotion.
 */
function isComparable({ writer, reader }: Evolution): boolean {
  return !isPeculiar(resolveSchemas(writer.schema, reader.schema).resolution, new Set())
}

function isPeculiar(resolution: Resolution, seen: Set<Resolution>): boolean {
  if (seen.has(resolution)) return false
  seen.add(resolution)
  switch (resolution.kind) {
    case 'primitive':
      return resolution.reader.type === 'float' && resolution.writer.type !== 'float'
    case 'array':
      return isPeculiar(resolution.items, seen)
    case 'map':
      return isPeculiar(resolution.values, seen)
    case 'record':
      if (resolution.missing.some(({ field }) => field.schema.type === 'bytes')) return true
      return resolution.fields.some((step) => step.action === 'read' && isPeculiar(step.value, seen))
    case 'writer-union':
      return resolution.branches.some((branch) => isPeculiar(branch, seen))
    case 'reader-union': {
      const earlier = resolution.reader.branches.slice(0, resolution.branch)
      const taken = earlier.some((branch) => canRead(branch, resolution.writer).length === 0)
      return taken || isPeculiar(resolution.value, seen)
    }
    case 'fixed':
    case 'enum':
    case 'error':
      return false
  }
}
