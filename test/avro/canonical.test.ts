import { describe, expect, test } from 'vitest'
import { logicalCanonicalForm, parsingCanonicalForm } from '../../avro/canonical.js'
import { rabinFingerprint, rabinFingerprintBytes, schemaFingerprint } from '../../avro/fingerprint.js'
import { parseSchemaOrThrow } from '../../avro/parse-schema.js'
import { specVectors } from './spec-vectors.js'

describe('vectors of the specification', () => {
  test.each(specVectors)('%s', (input, canonical, fingerprint) => {
    const schema = parseSchemaOrThrow(input)
    expect(parsingCanonicalForm(schema)).toBe(canonical)
    expect(BigInt.asIntN(64, rabinFingerprint(schema))).toBe(fingerprint)
  })
})

test('the bytes of a Rabin fingerprint are little-endian', () => {
  const schema = parseSchemaOrThrow('"int"')
  expect(Buffer.from(rabinFingerprintBytes(schema)).readBigInt64LE()).toBe(8247732601305521295n)
})

describe('the fingerprint with logical types', () => {
  const fingerprint = (json: string) => schemaFingerprint(parseSchemaOrThrow(json))

  test('tells a timestamp from a long, which the canonical form of the specification does not', () => {
    const timestamp = parseSchemaOrThrow('{"type":"long","logicalType":"timestamp-millis"}')
    expect(parsingCanonicalForm(timestamp)).toBe('"long"')
    expect(logicalCanonicalForm(timestamp)).toBe('{"type":"long","logicalType":"timestamp-millis"}')
    expect(schemaFingerprint(timestamp)).not.toBe(fingerprint('"long"'))
  })

  test('tells scales of decimals apart', () => {
    const decimal = (scale: number) => `{"type":"bytes","logicalType":"decimal","precision":9,"scale":${scale}}`
    expect(fingerprint(decimal(2))).not.toBe(fingerprint(decimal(3)))
  })

  test('ignores docs, defaults, aliases, unknown attributes and the order of attributes', () => {
    const plain = '{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"int"}]}'
    const rich =
      '{"fields":[{"type":{"type":"int","x":1},"default":3,"doc":"d","name":"a"}],"name":"n.R","doc":"d","aliases":["B"],"type":"record","connect.name":"c"}'
    expect(fingerprint(rich)).toBe(fingerprint(plain))
    expect(fingerprint(plain)).toMatch(/^[0-9a-f]{64}$/)
  })
})
