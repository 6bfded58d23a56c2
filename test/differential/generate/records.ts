/** Random records for the sources of a plan: of all writer versions, with nulls, headers, odd times and broken bytes. */
import { decodeValue } from '../../../avro/decode.js'
import { encodeValue } from '../../../avro/encode.js'
import { parseSchemaOrThrow } from '../../../avro/parse-schema.js'
import type { AvroSchema } from '../../../avro/schema.js'
import { makeValue, type Chooser } from '../../avro/arbitrary-schema.js'
import type { RecordHeader, WireRecord } from '../../../compiler/interpret/index.js'
import type { GeneratedPlan, GeneratedSource } from './plan.js'

/** Registry id of a version (index) of a subject. */
export type IdOf = (subject: string, version: number) => number

export const PARTITIONS = 2
/** Magic byte and schema id. */
const FRAME_BYTES = 5
const UNKNOWN_ID = 0x7fff_fff0

export function makeRecords(choose: Chooser, plan: GeneratedPlan, idOf: IdOf): readonly WireRecord[] {
  const offsets = new Map<string, bigint>()
  return Array.from({ length: 1 + choose.below(8) }, () => {
    const source = choose.pick(plan.sources)
    const partition = choose.below(PARTITIONS)
    const place = `${source.topic}/${partition}`
    const offset = offsets.get(place) ?? 0n
    offsets.set(place, offset + 1n)
    return {
      topic: source.topic,
      partition,
      offset,
      timestamp: choose.pick([0, 1, 1_700_000_000_000, 253_402_300_799_999]),
      key: key(choose, source),
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
  const versions = plan.subjects.get(source.subject) ?? []
  const version = versions.length - 1 - choose.below(versions.length)
  const schema = parseSchemaOrThrow(versions[version] ?? 'null')
  const body = encodeValue(schema, makeValue(schema, choose, 'number'))
  const framed = Buffer.alloc(FRAME_BYTES + body.length)
  framed.writeInt32BE(idOf(source.subject, version), 1)
  framed.set(body, FRAME_BYTES)
  if (!choose.oneIn(8)) return framed
  const bytes = broken(choose, Buffer.from(framed))
  return holdsNaN(schema, bytes.subarray(FRAME_BYTES)) ? framed : bytes
}

/** JavaScript does not promise to keep the payload of a NaN, so a changed one proves nothing. */
function holdsNaN(schema: AvroSchema, data: Uint8Array): boolean {
  const visit = (value: unknown): boolean =>
    Number.isNaN(value) || (typeof value === 'object' && value !== null && Object.values(value).some(visit))
  try {
    return visit(decodeValue(schema, data))
  } catch {
    return false
  }
}

function broken(choose: Chooser, bytes: Buffer): Uint8Array {
  switch (choose.below(6)) {
    case 0:
      return bytes.subarray(0, choose.below(bytes.length))
    case 1:
      return Buffer.concat([bytes, Buffer.from([1])])
    case 2:
      bytes[0] = 1
      return bytes
    case 3:
      bytes.writeInt32BE(UNKNOWN_ID, 1)
      return bytes
    case 4:
      return Buffer.alloc(0)
    default: {
      const position = choose.below(bytes.length)
      bytes[position] = choose.below(256)
      return bytes
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
