/** Random records for the sources of a plan: of all writer versions, with nulls, headers, odd times and broken bytes. */
import { partitionFor } from '../../../compiler/interpret/murmur2.js'
import { decodeValue } from '../../../avro/decode.js'
import { encodeValue } from '../../../avro/encode.js'
import { parseSchemaOrThrow } from '../../../avro/parse-schema.js'
import type { AvroSchema } from '../../../avro/schema.js'
import type { LongMode } from '../../../avro/union-shape.js'
import { makeValue, type Chooser } from '../../avro/arbitrary-schema.js'
import type { RecordHeader, WireRecord } from '../../../compiler/interpret/index.js'
import type { GeneratedPlan, GeneratedSource, SourceValue } from './plan.js'
import type { ValueKind } from './value-kind.js'

/** Registry id of a version (index) of a subject. */
export type IdOf = (subject: string, version: number) => number

export const PARTITIONS = 2
/** Mostly near enough for windows and joins to meet. */
const TIMES = [0, 1, 900, 1_500, 2_000, 3_100, 4_600, 7_000, 20_000, 1_700_000_000_000, 253_402_300_799_999]
/** Magic byte and schema id. */
const FRAME_BYTES = 5
const UNKNOWN_ID = 0x7fff_fff0

export function makeRecords(choose: Chooser, plan: GeneratedPlan, idOf: IdOf): readonly WireRecord[] {
  const offsets = new Map<string, bigint>()
  return Array.from({ length: 1 + choose.below(12) }, () => {
    const source = choose.pick(plan.sources)
    const anywhere = choose.below(PARTITIONS)
    const timestamp = choose.pick(TIMES)
    const keyBytes = key(choose, source)
    // The interpreter's state is one for all partitions, so that a key must stay in one.
    const partition = keyBytes === null ? anywhere : partitionFor(keyBytes, PARTITIONS)
    const place = `${source.topic}/${partition}`
    const offset = offsets.get(place) ?? 0n
    offsets.set(place, offset + 1n)
    return {
      topic: source.topic,
      partition,
      offset,
      timestamp,
      key: keyBytes,
      value: value(choose, plan, source, idOf),
      headers: headers(choose),
    }
  })
}

function key(choose: Chooser, source: GeneratedSource): Uint8Array | null {
  if (choose.oneIn(source.keyNullable ? 3 : 20)) return null
  if (choose.oneIn(30)) return Buffer.from([0x61, 0xff])
  return Buffer.from(choose.pick(['k', '', 'key-1', 'zürich', 'x'.repeat(300)]))
}

function value(choose: Chooser, plan: GeneratedPlan, source: GeneratedSource, idOf: IdOf): Uint8Array | null {
  if (choose.oneIn(source.valueNullable ? 4 : 20)) return null
  if (source.value.kind === 'avro') return avroValue(choose, plan, source.value.subject, idOf)
  const bytes = plainBytes(choose, source.value)
  if (!choose.oneIn(8)) return bytes
  const changed = broken(choose, Buffer.from(bytes))
  return source.value.kind === 'double' && changed.length === 8 && Number.isNaN(Buffer.from(changed).readDoubleBE())
    ? bytes
    : changed
}

function plainBytes(choose: Chooser, { kind, type }: Exclude<SourceValue, { kind: 'avro' }>): Buffer {
  switch (kind) {
    case 'string':
      return Buffer.from(choose.pick(['', 'a', 'zürich', '漢字', '\uFEFFx', 'hello world']))
    case 'double': {
      const bytes = Buffer.alloc(8)
      bytes.writeDoubleBE(choose.pick([0, -0, 1.5, 1e300, Infinity, -7]))
      return bytes
    }
    case 'json':
      return Buffer.from(JSON.stringify(jsonValue(choose, type)))
  }
}

function jsonValue(choose: Chooser, type: ValueKind): unknown {
  switch (type.kind) {
    case 'number':
      return choose.pick([0, 1, -1, 0.5, 1e21, 123456789])
    case 'string':
      return choose.pick(['', 'a', 'zürich', '"\\\n', '\ud800', '__proto__'])
    case 'boolean':
      return choose.oneIn(2)
    case 'nullable':
      return choose.oneIn(2) ? null : jsonValue(choose, type.inner)
    case 'array':
      return Array.from({ length: choose.below(3) }, () => jsonValue(choose, type.items))
    case 'record':
      return Object.fromEntries(type.fields.map((field) => [field.name, jsonValue(choose, field.type)]))
    case 'date':
    case 'enum':
    case 'passed':
      throw new Error(`a ${type.kind} is no JSON`)
  }
}

function avroValue(choose: Chooser, plan: GeneratedPlan, subject: string, idOf: IdOf): Uint8Array {
  const versions = plan.subjects.get(subject) ?? []
  const version = versions.length - 1 - choose.below(versions.length)
  const schema = parseSchemaOrThrow(versions[version] ?? 'null')
  const body = encodeValue(schema, makeValue(schema, choose, plan.long), { long: plan.long })
  const framed = Buffer.alloc(FRAME_BYTES + body.length)
  framed.writeInt32BE(idOf(subject, version), 1)
  framed.set(body, FRAME_BYTES)
  if (!choose.oneIn(8)) return framed
  const bytes = broken(choose, Buffer.from(framed))
  return holdsNaN(schema, bytes.subarray(FRAME_BYTES), plan.long) ? framed : bytes
}

/** JavaScript does not promise to keep the payload of a NaN, so a changed one proves nothing. */
function holdsNaN(schema: AvroSchema, data: Uint8Array, long: LongMode): boolean {
  const visit = (value: unknown): boolean =>
    Number.isNaN(value) || (typeof value === 'object' && value !== null && Object.values(value).some(visit))
  try {
    return visit(decodeValue(schema, data, { long }))
  } catch {
    return false
  }
}

function broken(choose: Chooser, bytes: Buffer): Uint8Array {
  switch (choose.below(6)) {
    case 0:
      return bytes.subarray(0, choose.below(bytes.length + 1))
    case 1:
      return Buffer.concat([bytes, Buffer.from([1])])
    case 2:
      return Buffer.concat([Buffer.from([1]), bytes.subarray(1)])
    case 3:
      if (bytes.length >= FRAME_BYTES) bytes.writeInt32BE(UNKNOWN_ID, 1)
      return bytes
    case 4:
      return Buffer.alloc(0)
    default: {
      const position = choose.below(bytes.length + 1)
      return bytes.fill(choose.below(256), position, Math.min(position + 1, bytes.length))
    }
  }
}

function headers(choose: Chooser): RecordHeader[] {
  const all: RecordHeader[] = [
    { key: 'h', value: Buffer.from('first') },
    { key: 'h', value: Buffer.from('zürich') },
    { key: 'other', value: null },
    { key: '', value: Buffer.alloc(0) },
  ]
  return all.slice(0, choose.below(2) * choose.below(5))
}
