import { describe, expect, it } from 'vitest'
import { SerdeError } from '../../compiler/interpret/serdes/element-serde.js'
import { canonicalJson, jsonSerde } from '../../compiler/interpret/serdes/json.js'
import { serdeOfKind, type SchemalessKind } from '../../compiler/interpret/serdes/of-kind.js'

/** Bytes that the serializers of Kafka's Java client write. */
const JAVA: readonly (readonly [SchemalessKind, unknown, string])[] = [
  ['int32', -2, 'fffffffe'],
  ['int32', 2 ** 31 - 1, '7fffffff'],
  ['int64', -2n, 'fffffffffffffffe'],
  ['int64', 2n ** 62n, '4000000000000000'],
  ['double', 1.5, '3ff8000000000000'],
  ['double', -0, '8000000000000000'],
  ['string', 'zü😀', '7ac3bcf09f9880'],
  ['string', '\uFEFFx', 'efbbbf78'],
  ['uuid', '123e4567-e89b-12d3-a456-426614174000', Buffer.from('123e4567-e89b-12d3-a456-426614174000').toString('hex')],
]

describe('serdes without schemas', () => {
  it.each(JAVA)('%s %s has the bytes of the Java serializer', (kind, value, hex) => {
    const serde = serdeOfKind(kind)
    expect(Buffer.from(serde.encode(value)).toString('hex')).toBe(hex)
    expect(serde.decode(Buffer.from(hex, 'hex'))).toEqual(value)
  })

  it.each<[SchemalessKind, unknown]>([
    ['int32', 1.5],
    ['int32', 2 ** 31],
    ['int32', '1'],
    ['int64', 1],
    ['int64', 2n ** 63n],
    ['double', 1n],
    ['string', 5],
    ['uuid', 'not a uuid'],
    ['bytes', 'text'],
    ['json', Number.NaN],

    ['json', new Map()],
    ['json', () => 1],
  ])('%s refuses %s', (kind, value) => {
    expect(() => serdeOfKind(kind).encode(value)).toThrow(SerdeError)
  })

  it.each<[SchemalessKind, string]>([
    ['int32', '0000'],
    ['int64', '00000000'],
    ['double', '000000000000000000'],
    ['string', 'ff'],
    ['uuid', '31'],
    ['json', '7bff7d'],
  ])('%s refuses the bytes %s', (kind, hex) => {
    expect(() => serdeOfKind(kind).decode(Buffer.from(hex, 'hex'))).toThrow()
  })

  it('reads uuids as lower case', () => {
    expect(serdeOfKind('uuid').decode(Buffer.from('123E4567-E89B-12D3-A456-426614174000'))).toBe(
      '123e4567-e89b-12d3-a456-426614174000',
    )
  })
})

describe('canonical JSON', () => {
  it('sorts members by UTF-16 code units and leaves out undefined', () => {
    const value = { b: 1, a: { z: null, y: undefined }, '\u{1F600}': 2, '\uFFFD': 3, '': [undefined, 'x'] }
    expect(canonicalJson(value)).toBe('{"":[null,"x"],"a":{"z":null},"b":1,"\u{1F600}":2,"\uFFFD":3}')
  })

  it('writes numbers, text and dates as JSON.stringify does', () => {
    for (const value of [0, -0, 1e21, 0.1, 2 ** 53, 'a"\\\n\u0001\u007f', new Date(0), true, null]) {
      expect(canonicalJson(value)).toBe(JSON.stringify(value))
    }
  })

  it('keeps a member named __proto__', () => {
    const bytes = Buffer.from('{"__proto__":{"a":1}}')
    expect(Buffer.from(jsonSerde.encode(jsonSerde.decode(bytes))).toString()).toBe('{"__proto__":{"a":1}}')
  })
})
