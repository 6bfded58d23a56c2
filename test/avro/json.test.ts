import fc from '../fast-check.js'
import { describe, expect, test, vi } from 'vitest'
import { decimal } from '../../avro/decimal.js'
import { encodeValue } from '../../avro/encode.js'
import { fromJson, toJson } from '../../avro/json.js'
import { parseSchemaOrThrow } from '../../avro/parse-schema.js'
import type { JsonValue } from '../../avro/schema.js'
import { arbitraryDatum } from './arbitrary-schema.js'

// Many cases, on machines that do other work beside: the time limit is for hangs only.
vi.setConfig({ testTimeout: 60_000 })

test.each(['number', 'bigint'] as const)('what is printed is read back as the same value, longs as %s', (long) => {
  fc.assert(
    fc.property(arbitraryDatum(long), ({ schema, value }) => {
      const text = JSON.stringify(toJson(schema, value, { long }))
      const result = fromJson(schema, JSON.parse(text) as JsonValue, { long })
      // As bytes, for the branch of unions; a -0 is printed as 0, as JSON has it.
      const bytes = result.ok ? encodeValue(schema, result.value, { long }) : result.errors
      expect(bytes).toEqual(encodeValue(schema, value, { long }))
    }),
    { numRuns: 300 },
  )
})

const order = parseSchemaOrThrow({
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'micros', type: { type: 'long', logicalType: 'timestamp-micros' }, default: 0 },
    { name: 'day', type: { type: 'int', logicalType: 'date' }, default: 0 },
    { name: 'time', type: { type: 'int', logicalType: 'time-millis' }, default: 0 },
    { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 }, default: '\u0000' },
    { name: 'coupon', type: ['null', 'string'], default: null },
    { name: 'any', type: ['null', 'int', 'double'], default: null },
    { name: 'raw', type: 'bytes', default: '' },
    {
      name: 'items',
      type: { type: 'array', items: { type: 'record', name: 'Item', fields: [{ name: 'qty', type: 'int' }] } },
      default: [],
    },
  ],
})
const least = { id: 'a', at: '2026-01-31T12:30:00.123Z' }

test('texts for people', () => {
  const json = {
    ...least,
    micros: '1969-12-31T23:59:59.999999Z',
    day: '2026-01-31',
    time: '23:59:59.999',
    price: '-12.30',
    coupon: 'SAVE',
    any: { double: 1.5 },
    raw: 'AP8=',
    items: [{ qty: 1 }],
  }
  const result = fromJson(order, json)
  expect(result.ok && result.value).toEqual({
    id: 'a',
    at: new Date('2026-01-31T12:30:00.123Z'),
    micros: -1,
    day: 20484,
    time: 86_399_999,
    price: decimal(-1230n, 2),
    coupon: 'SAVE',
    any: { double: 1.5 },
    raw: Uint8Array.of(0, 255),
    items: [{ qty: 1 }],
  })
  expect(toJson(order, result.ok && result.value)).toEqual(json)
})

test('numbers for times, numbers for decimals, and Avro wrappers in plain unions', () => {
  const result = fromJson(order, { id: 'a', at: 1000, micros: 5, day: 1, time: 2, price: 3.5, coupon: { string: 'x' } })
  expect(result).toMatchObject({
    ok: true,
    value: { at: new Date(1000), micros: 5, day: 1, time: 2, price: decimal(350n, 2), coupon: 'x' },
  })
})

test('what JSON cannot tell apart is wrapped', () => {
  const type = (json: JsonValue) => parseSchemaOrThrow(JSON.stringify(json))
  const either = type(['string', 'bytes'])
  expect(toJson(either, 'AP8=')).toBe('AP8=')
  expect(toJson(either, Uint8Array.of(0, 255))).toEqual({ bytes: 'AP8=' })
  const map = type(['null', { type: 'map', values: { type: 'map', values: 'int' } }])
  expect(toJson(map, { a: { b: 1 } })).toEqual({ a: { b: 1 } })
  expect(toJson(map, { map: { b: 1 } })).toEqual({ map: { map: { b: 1 } } })
  expect(fromJson(map, { map: { map: { b: 1 } } })).toMatchObject({ ok: true, value: { map: { b: 1 } } })
})

describe('errors name the field', () => {
  test.each<[JsonValue, string]>([
    [{ ...least, id: 7 }, 'id: expected a string, not 7'],
    [{ at: 0 }, 'id: missing, and without default; expected string'],
    [{ ...least, nam: 'x' }, 'nam: no such field in Order; its fields: id, at,'],
    [{ ...least, at: 'yesterday' }, 'at: expected an instant like'],
    [{ ...least, at: '2026-01-31T12:30:00' }, 'at: expected an instant like'],
    [{ ...least, day: '2026-02-31' }, 'day: expected a day like'],
    [{ ...least, items: [{ qty: 1 }, { qty: 1.5 }] }, 'items[1].qty: expected a whole number of 32 bits, not 1.5'],
    [{ ...least, coupon: 5 }, 'coupon: expected a string, not 5'],
    [{ ...least, any: 5 }, 'any: expected one of null, {"int": …}, {"double": …}, not 5'],
    [{ ...least, raw: 'not base64!' }, 'raw: expected base64 text'],
    [{ ...least, price: '1.005' }, 'price: "1.005" does not fit decimal(9, 2)'],
    [{ ...least, micros: '9007199254740993' }, 'micros: 9007199254740993 is beyond 2^53 - 1'],
    ['text', ': expected an object (record Order), not "text"'],
  ])('%j', (json, expected) => {
    const result = fromJson(order, json)
    expect(result.ok ? '' : result.errors.map((error) => `${error.path}: ${error.message}`).join('\n')).toContain(
      expected,
    )
  })

  test('all at once', () => {
    const result = fromJson(order, { id: 1, at: 'x', items: [{}] })
    expect(result.ok ? [] : result.errors.map((error) => error.path)).toEqual(['id', 'at', 'items[0].qty'])
  })
})
