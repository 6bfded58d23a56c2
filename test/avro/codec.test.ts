/** Edges of the interpreting codec: what is refused, and in which words. */
import { describe, expect, test } from 'vitest'
import { AvroDecodeError } from '../../avro/binary-reader.js'
import { decimal } from '../../avro/decimal.js'
import { decodeValue, type DecodeOptions } from '../../avro/decode.js'
import { AvroEncodeError, encodeValue } from '../../avro/encode.js'
import { minEncodedSize } from '../../avro/encoded-size.js'
import { parseSchemaOrThrow } from '../../avro/parse-schema.js'
import type { JsonValue } from '../../avro/schema.js'

const parse = (json: JsonValue) => parseSchemaOrThrow(JSON.stringify(json))
const decode = (json: JsonValue, bytes: readonly number[], options: DecodeOptions = {}): unknown =>
  decodeValue(parse(json), Uint8Array.from(bytes), options)
const longBytes = (value: bigint): number[] => [...encodeValue(parse('long'), value, { long: 'bigint' })]

describe('bytes that are refused', () => {
  test.each<[string, JsonValue, readonly number[], string]>([
    ['the end is missing', 'double', [0, 0], 'at the root, byte 0: the data ends 6 bytes before the end of the value'],
    ['bytes are left over', 'int', [2, 2], 'byte 1: 1 bytes are left over'],
    ['a boolean of 2', 'boolean', [2], 'a boolean is 0 or 1, not 2'],
    ['an int of 33 bits', 'int', longBytes(2n ** 31n), '2147483648 does not fit an int'],
    ['a number of more than 64 bits', 'long', [...Array<number>(9).fill(0xff), 2], 'a number of more than 64 bits'],
    ['a number without end', 'long', Array<number>(11).fill(0x80), 'a number of more than 64 bits'],
    ['a long beyond 2^53', 'long', longBytes(2n ** 53n), 'choose bigint for the longs of the subject'],
    [
      'a date beyond Date',
      { type: 'long', logicalType: 'timestamp-millis' },
      longBytes(2n ** 60n),
      'what a Date can hold',
    ],
    ['a negative length', 'string', [1], 'a negative length: -1'],
    ['a length beyond the end', 'bytes', [20, 1], 'a length of 10, with 1 bytes left'],
    ['invalid UTF-8', 'string', [4, 0xc3, 0x28], 'the string is no valid UTF-8'],
    ['an overlong UTF-8 form', 'string', [4, 0xc0, 0x80], 'the string is no valid UTF-8'],
    ['a surrogate in UTF-8', 'string', [6, 0xed, 0xa0, 0x80], 'the string is no valid UTF-8'],
    ['a branch that is not there', ['null', 'int'], [4], 'no union branch with index 2'],
    ['a negative branch', ['null', 'int'], [1], 'no union branch with index -1'],
    ['a symbol that is not there', { type: 'enum', name: 'E', symbols: ['A'] }, [2], 'no symbol with index 1'],
    ['a negative symbol', { type: 'enum', name: 'E', symbols: ['A'] }, [1], 'no symbol with index -1'],
    ['a huge block', { type: 'array', items: 'int' }, [0xfe, 0xff, 0xff, 0xff, 0x0f, 0], 'a block of 2147483647 items'],
    ['a block size beyond the end', { type: 'array', items: 'int' }, [1, 20, 2, 0], 'a block size of 10'],
    [
      '__proto__ as a map key',
      { type: 'map', values: 'int' },
      [2, 18, ...Buffer.from('__proto__'), 2, 0],
      'is refused',
    ],
  ])('%s', (_, schema, bytes, message) => {
    expect(() => decode(schema, bytes)).toThrow(AvroDecodeError)
    expect(() => decode(schema, bytes)).toThrow(message)
  })

  test('the path of the field is told', () => {
    const item = { type: 'record', name: 'I', fields: [{ name: 'tags', type: { type: 'map', values: 'boolean' } }] }
    const schema = { type: 'record', name: 'R', fields: [{ name: 'items', type: { type: 'array', items: item } }] }
    const bytes = [4, 0, 2, 2, 107, 7, 0, 0]
    expect(() => decode(schema, bytes)).toThrow(
      'cannot decode Avro at .items[1].tags["k"], byte 5: a boolean is 0 or 1',
    )
  })

  test('items of no size are limited, read or skipped, over the whole datum', () => {
    const bomb = [0xfe, 0xff, 0xff, 0xff, 0x0f, 0]
    for (const items of ['null', { type: 'fixed', name: 'F', size: 0 }, { type: 'record', name: 'E', fields: [] }]) {
      expect(() => decode({ type: 'array', items }, bomb)).toThrow('more than 65536 items that may take no bytes')
    }
    const writer = { type: 'record', name: 'R', fields: [{ name: 'a', type: { type: 'array', items: 'null' } }] }
    const reader = parse({ type: 'record', name: 'R', fields: [] })
    expect(() => decode(writer, bomb, { reader })).toThrow('more than 65536 items')
    // 100 inner arrays of 1000 nulls each.
    const nested = [200, 1, ...Array.from({ length: 100 }, () => [0xd0, 0x0f, 0]).flat(), 0]
    expect(() => decode({ type: 'array', items: { type: 'array', items: 'null' } }, nested)).toThrow('more than 65536')
    expect(decode({ type: 'array', items: 'null' }, [6, 0])).toEqual([null, null, null])
  })

  test('recursion is limited', () => {
    const list = { type: 'record', name: 'L', fields: [{ name: 'next', type: ['null', 'L'] }] }
    const bytes = [...Array<number>(5000).fill(2), 0]
    expect(() => decode(list, bytes)).toThrow('records nested more than 500 deep')
    const writer = { type: 'record', name: 'R', fields: [{ name: 'list', type: list }] }
    expect(() => decode(writer, bytes, { reader: parse({ type: 'record', name: 'R', fields: [] }) })).toThrow(
      '500 deep',
    )
    let value: unknown = null
    for (let depth = 0; depth < 5000; depth++) value = { next: value }
    expect(() => encodeValue(parse(list), value)).toThrow('records nested more than 500 deep')
  })
})

describe('bytes that are odd, but valid', () => {
  test('blocks with sizes, read and skipped', () => {
    const array = { type: 'array', items: 'int' }
    expect(decode(array, [3, 4, 2, 4, 2, 6, 0])).toEqual([1, 2, 3])
    const writer = {
      type: 'record',
      name: 'R',
      fields: [
        { name: 'a', type: array },
        { name: 'b', type: 'int' },
      ],
    }
    const reader = parse({ type: 'record', name: 'R', fields: [{ name: 'b', type: 'int' }] })
    expect(decode(writer, [3, 4, 2, 4, 2, 6, 0, 14], { reader })).toEqual({ b: 7 })
  })

  test('numbers in more bytes than they need', () => {
    expect(decode('int', [0x82, 0x80, 0x00])).toBe(1)
  })

  test('a byte order mark is a character', () => {
    expect(decode('string', [6, 0xef, 0xbb, 0xbf])).toBe('\ufeff')
  })

  test('longs at the ends', () => {
    for (const value of [2n ** 63n - 1n, -(2n ** 63n)]) {
      expect(decode('long', longBytes(value), { long: 'bigint' })).toBe(value)
    }
  })

  test('bytes are a copy', () => {
    const bytes = Uint8Array.of(2, 7)
    const value = decodeValue(parse('bytes'), bytes) as Uint8Array
    bytes[1] = 9
    expect(value).toEqual(Uint8Array.of(7))
  })

  test('maps have no prototype, so that any key is data', () => {
    const map = decode({ type: 'map', values: 'int' }, [2, 22, ...Buffer.from('constructor'), 2, 0]) as object
    expect(Object.getPrototypeOf(map)).toBe(null)
    expect(map).toEqual(Object.assign(Object.create(null), { constructor: 1 }))
  })
})

describe('values that are refused', () => {
  const decimalType = { type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 }
  test.each<[JsonValue, unknown, string]>([
    ['int', 1.5, 'expected a whole number of 32 bits, not 1.5'],
    ['int', 2 ** 31, 'expected a whole number of 32 bits'],
    ['int', '1', 'expected a whole number of 32 bits, not "1"'],
    ['long', 2 ** 53, 'expected a whole number within ±(2^53 - 1)'],
    ['long', 1n, 'expected a whole number within ±(2^53 - 1), not 1n'],
    ['boolean', 1, 'expected a boolean, not 1'],
    ['string', undefined, 'the value is missing; expected a string'],
    ['bytes', 'x', 'expected a Uint8Array, not "x"'],
    [{ type: 'fixed', name: 'F', size: 2 }, Uint8Array.of(1), 'F has 2 bytes, the value 1'],
    [{ type: 'enum', name: 'E', symbols: ['A'] }, 'B', '"B" is no symbol of E (A)'],
    [{ type: 'long', logicalType: 'timestamp-millis' }, new Date(NaN), 'expected a valid Date'],
    [{ type: 'long', logicalType: 'timestamp-millis' }, 5, 'expected a valid Date, not 5'],
    [['int', 'string'], true, 'expected one of int, string, not true'],
    [['int', 'long'], 5, 'expected an object { "<branch>": value } for one of int, long, not 5'],
    [['int', 'string'], undefined, 'the value is missing'],
    [{ type: 'map', values: 'int' }, new Date(), 'expected an object, not a Date'],
    [{ type: 'map', values: 'int' }, JSON.parse('{"__proto__":1}'), '__proto__ is refused'],
    [{ type: 'array', items: 'int' }, { length: 1 }, 'expected an array, not an object'],
    [{ type: 'array', items: 'int' }, new Array(1), 'at [0]: the value is missing'],
    [decimalType, decimal(1n, 3), 'a decimal of scale 3 does not fit scale 2'],
    [decimalType, decimal(12345n, 2), 'the decimal has more than 4 digits'],
    [decimalType, 12.5, 'expected a Decimal, not 12.5'],
  ])('%j: %o', (schema, value, message) => {
    expect(() => encodeValue(parse(schema), value)).toThrow(AvroEncodeError)
    expect(() => encodeValue(parse(schema), value)).toThrow(message)
  })

  test('the path of the value is told', () => {
    const item = { type: 'record', name: 'I', fields: [{ name: 'qty', type: 'int' }] }
    const schema = parse({
      type: 'record',
      name: 'R',
      fields: [{ name: 'items', type: { type: 'array', items: item } }],
    })
    expect(() => encodeValue(schema, { items: [{ qty: 1 }, { qty: 'x' }] })).toThrow(
      'cannot encode as Avro at .items[1].qty: expected a whole number of 32 bits, not "x"',
    )
  })
})

test('an absent optional property is null', () => {
  const schema = parse({ type: 'record', name: 'R', fields: [{ name: 'x', type: ['null', 'int'] }] })
  expect(decodeValue(schema, encodeValue(schema, {}))).toEqual({ x: null })
})

test('decimals in bytes and fixed, rescaled when no digit is lost', () => {
  const bytes = parse({ type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 })
  expect(encodeValue(bytes, decimal(-1n, 0))).toEqual(Uint8Array.of(2, 0x9c))
  expect(decodeValue(bytes, Uint8Array.of(2, 0x9c))).toEqual(decimal(-100n, 2))
  const fixed = parse({ type: 'fixed', name: 'D', size: 4, logicalType: 'decimal', precision: 9, scale: 2 })
  expect(encodeValue(fixed, decimal(-100n, 2))).toEqual(Uint8Array.of(0xff, 0xff, 0xff, 0x9c))
  expect(decodeValue(fixed, Uint8Array.of(0xff, 0xff, 0xff, 0x9c))).toEqual(decimal(-100n, 2))
})

test('least sizes, also of recursive types and of chains that would take for ever', () => {
  expect(minEncodedSize(parse(['int', 'double']))).toBe(2)
  expect(minEncodedSize(parse({ type: 'record', name: 'L', fields: [{ name: 'next', type: ['null', 'L'] }] }))).toBe(1)
  let type: JsonValue = { type: 'record', name: 'T0', fields: [{ name: 'x', type: 'float' }] }
  for (let n = 1; n < 40; n++) {
    const fields: JsonValue = [
      { name: 'a', type },
      { name: 'b', type: `T${n - 1}` },
    ]
    type = { type: 'record', name: `T${n}`, fields }
  }
  expect(minEncodedSize(parse(type))).toBe(4 * 2 ** 39)
})
