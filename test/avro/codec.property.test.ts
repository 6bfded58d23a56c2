/** Random schemas and data, against avsc. */
import fc from '../fast-check.js'
import { describe, expect, test, vi } from 'vitest'
import { decodeValue } from '../../avro/decode.js'
import { encodeValue } from '../../avro/encode.js'
import { parseSchemaOrThrow } from '../../avro/parse-schema.js'
import { printSchema } from '../../avro/print-schema.js'
import { parsingCanonicalForm } from '../../avro/canonical.js'
import { resolveSchemas } from '../../avro/resolve.js'
import { arbitraryDatum, arbitraryEvolution } from './arbitrary-schema.js'
import { avscDiffers, avscType, plain, toAvsc } from './avsc-oracle.js'

// Many cases, on machines that do other work beside: the time limit is for hangs only.
vi.setConfig({ testTimeout: 60_000 })

describe.each(['number', 'bigint'] as const)('longs as %s', (long) => {
  test('we and avsc write the same bytes, and read the same values', () => {
    fc.assert(
      fc.property(arbitraryDatum(long), ({ schema, value }) => {
        const type = avscType(schema)
        const bytes = encodeValue(schema, value, { long })
        expect(Buffer.from(bytes)).toEqual(type.toBuffer(toAvsc(schema, value, long)))
        const decoded = decodeValue(schema, bytes, { long })
        expect(decoded).toEqual(value)
        expect(toAvsc(schema, decoded, long)).toEqual(plain(schema, type.fromBuffer(Buffer.from(bytes))))
      }),
      { numRuns: 500 },
    )
  })

  test('we and avsc resolve a writer to a reader in the same way', () => {
    fc.assert(
      fc.property(arbitraryEvolution(long), ({ writer, reader }) => {
        const { resolution, errors } = resolveSchemas(writer.schema, reader.schema)
        expect(errors).toEqual([])
        fc.pre(!avscDiffers(resolution))
        const bytes = encodeValue(writer.schema, writer.value, { long })
        const ours = decodeValue(writer.schema, bytes, { reader: reader.schema, long })
        const readerType = avscType(reader.schema)
        const resolver = readerType.createResolver(avscType(writer.schema))
        const theirs: unknown = readerType.fromBuffer(Buffer.from(bytes), resolver)
        expect(toAvsc(reader.schema, ours, long)).toEqual(plain(reader.schema, theirs))
      }),
      { numRuns: 500 },
    )
  })
})

test('every truncation and every longer datum is refused', () => {
  fc.assert(
    fc.property(arbitraryDatum(), ({ schema, value }) => {
      const bytes = encodeValue(schema, value)
      expect(() => decodeValue(schema, Uint8Array.from([...bytes, 0]))).toThrow(/left over/)
      for (let end = 0; end < Math.min(bytes.length, 60); end++) {
        expect(() => decodeValue(schema, bytes.subarray(0, end))).toThrow('cannot decode Avro')
      }
    }),
    { numRuns: 100 },
  )
})

test('random bytes give a value or a typed error', () => {
  fc.assert(
    fc.property(arbitraryDatum(), fc.uint8Array({ maxLength: 40 }), ({ schema }, bytes) => {
      try {
        decodeValue(schema, bytes)
      } catch (error) {
        expect(error).toHaveProperty('name', 'AvroDecodeError')
      }
    }),
    { numRuns: 500 },
  )
})

test('printing and parsing a schema changes nothing; the canonical form is that of avsc', () => {
  fc.assert(
    fc.property(arbitraryDatum(), ({ schema }) => {
      const printed = printSchema(schema)
      expect(printSchema(parseSchemaOrThrow(printed))).toEqual(printed)
      expect(JSON.parse(parsingCanonicalForm(schema))).toEqual(JSON.parse(JSON.stringify(avscType(schema).schema())))
    }),
    { numRuns: 500 },
  )
})
