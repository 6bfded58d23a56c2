/** Generated decoders and encoders on random schemas, data and evolution pairs, against the interpreting codec. */
import fc from '../../fast-check.js'
import { describe, expect, test } from 'vitest'
import { decodeValue } from '../../../avro/decode.js'
import { encodeValue } from '../../../avro/encode.js'
import { schemaFingerprint } from '../../../avro/fingerprint.js'
import type { AvroSchema } from '../../../avro/schema.js'
import { arbitraryDatum, arbitraryEvolution } from '../../avro/arbitrary-schema.js'
import { avroSerde, generated, pipe } from '../support/plans.js'
import { framed, run } from '../support/run-module.js'

/** What a sink got: its schema's id and the datum. */
function datum(value: Buffer | null | undefined): Buffer {
  if (value === null || value === undefined) throw new Error('nothing was written')
  expect(value[0]).toBe(0)
  return value.subarray(5)
}

describe.each(['number', 'bigint'] as const)('longs as %s', (long) => {
  test('what is read of any writer version is what the codec reads, and what is written of it what the codec writes', () => {
    fc.assert(
      fc.property(arbitraryEvolution(long), ({ writer, reader }) => {
        const serde = avroSerde(reader.schema, [writer.schema, reader.schema], long)
        const { pipeline } = generated(
          pipe({ input: serde, outputs: [avroSerde(reader.schema, [], long)], print: true }),
        )
        const bytes = encodeValue(writer.schema, writer.value, { long })
        const expected = decodeValue(writer.schema, bytes, { reader: reader.schema, long })
        const record = { value: framed(pipeline, schemaFingerprint(writer.schema), bytes) }
        const { written, printed, errors } = run(pipeline, [record, record])
        expect(errors).toEqual([])
        expect(printed.map(([, , value]) => value)).toEqual([expected, expected])
        const encoded = Buffer.from(encodeValue(reader.schema, expected, { long }))
        expect(written.map((record) => datum(record.value))).toEqual([encoded, encoded])
      }),
      { numRuns: 250 },
    )
  }, 120_000)

  test('what nobody looks at is passed on as bytes, those of other versions rewritten', () => {
    fc.assert(
      fc.property(arbitraryEvolution(long), ({ writer, reader }) => {
        const serde = avroSerde(reader.schema, [writer.schema, reader.schema], long)
        const { pipeline } = generated(pipe({ input: serde, outputs: [avroSerde(reader.schema, [], long)] }))
        const bytes = encodeValue(writer.schema, writer.value, { long })
        const expected = decodeValue(writer.schema, bytes, { reader: reader.schema, long })
        const old = { value: framed(pipeline, schemaFingerprint(writer.schema), bytes) }
        const own = encodeValue(reader.schema, expected, { long })
        const current = { value: framed(pipeline, schemaFingerprint(reader.schema), own) }
        const { written, errors } = run(pipeline, [old, current, old])
        expect(errors).toEqual([])
        expect(written.map((record) => datum(record.value))).toEqual([own, own, own].map((each) => Buffer.from(each)))
      }),
      { numRuns: 250 },
    )
  }, 120_000)
})

/** The same record with only some of its fields. */
function narrowed(schema: AvroSchema, keep: (index: number) => boolean): AvroSchema {
  if (schema.type !== 'record') throw new Error('a record is needed')
  return { ...schema, name: 'Narrow', fields: schema.fields.filter((_, index) => keep(index)) }
}

test('a projection reads the same values, whatever is skipped', () => {
  fc.assert(
    fc.property(arbitraryDatum(), fc.nat(), ({ schema, value }, mask) => {
      const sink = narrowed(schema, (index) => ((mask >> (index % 30)) & 1) === 1)
      const { pipeline } = generated(pipe({ input: avroSerde(schema), outputs: [avroSerde(sink)] }))
      const bytes = encodeValue(schema, value)
      const { written, errors } = run(pipeline, [{ value: framed(pipeline, schemaFingerprint(schema), bytes) }])
      expect(errors).toEqual([])
      expect(datum(written[0]?.value)).toEqual(Buffer.from(encodeValue(sink, decodeValue(schema, bytes))))
    }),
    { numRuns: 250 },
  )
}, 120_000)

test('truncated and longer data are refused, and nothing of the next record is read', () => {
  fc.assert(
    fc.property(arbitraryDatum(), ({ schema, value }) => {
      const { pipeline } = generated(pipe({ input: avroSerde(schema), outputs: [avroSerde(schema)] }))
      const bytes = encodeValue(schema, value)
      const whole = { value: framed(pipeline, schemaFingerprint(schema), bytes) }
      const broken: Uint8Array[] = [Uint8Array.from([...bytes, 0])]
      for (let end = 0; end < Math.min(bytes.length, 40); end++) broken.push(bytes.subarray(0, end))
      const records = broken.map((data) => ({ value: framed(pipeline, schemaFingerprint(schema), data) }))
      const { written, errors } = run(pipeline, [whole, ...records.flatMap((record) => [record, whole])])
      expect(errors).toHaveLength(broken.length)
      expect(written).toHaveLength(broken.length + 1)
    }),
    { numRuns: 60 },
  )
}, 120_000)

test('random bytes are written again or refused', () => {
  fc.assert(
    fc.property(arbitraryDatum(), fc.uint8Array({ maxLength: 40 }), ({ schema }, bytes) => {
      const { pipeline } = generated(pipe({ input: avroSerde(schema), outputs: [avroSerde(schema)] }))
      const { written, errors } = run(pipeline, [{ value: framed(pipeline, schemaFingerprint(schema), bytes) }])
      let expected: unknown[] = []
      try {
        expected = [decodeValue(schema, bytes)]
      } catch {
        // Refused.
      }
      // Not the same bytes: Avro has several encodings of a value, and what nobody looks at is copied.
      expect(written.map((record) => decodeValue(schema, datum(record.value)))).toEqual(expected)
      expect(errors).toHaveLength(1 - expected.length)
    }),
    { numRuns: 300 },
  )
}, 120_000)
