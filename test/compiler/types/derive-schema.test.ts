import avsc from 'avsc'
import { expect, test } from 'vitest'
import { printSchema } from '../../../avro/print-schema.js'
import { deriveSchema } from '../../../compiler/types/derive-schema.js'
import type { RecordType, RecordTypes, ValueType } from '../../../compiler/ir/value-type.js'

const number: ValueType = { kind: 'number', brand: undefined }
const int: ValueType = { kind: 'number', brand: 'int' }
const text: ValueType = { kind: 'string', brand: undefined }
const nothing: ValueType = { kind: 'null' }
const literal = (value: string | number): ValueType => ({ kind: 'literal', value })
const union = (...types: ValueType[]): ValueType => ({ kind: 'union', types })

function record(name: string, fields: Record<string, ValueType>, anonymous = false): RecordType {
  return {
    name,
    anonymous,
    fields: Object.entries(fields).map(([key, type]) => ({
      name: key.replace('?', ''),
      type,
      optional: key.endsWith('?'),
    })),
  }
}

function derive(type: ValueType, ...records: RecordType[]) {
  const types: RecordTypes = new Map(records.map((each) => [each.name, each]))
  const result = deriveSchema(type, { name: 'orders', namespace: 'shop', records: types, span: undefined })
  return {
    json: result.value === undefined ? undefined : printSchema(result.value),
    codes: result.diagnostics.map(({ code, message }) => `${code} ${message}`),
  }
}

test('a record of all kinds is a schema that avsc takes', () => {
  const { json, codes } = derive(
    { kind: 'record', name: 'Order' },
    record('Order', {
      id: { kind: 'string', brand: 'uuid' },
      total: { kind: 'number', brand: 'double' },
      count: int,
      at: { kind: 'date' },
      'coupon?': text,
      status: union(literal('PAID'), literal('NEW')),
      bytes: { kind: 'bytes' },
      big: { kind: 'bigint' },
      items: { kind: 'array', items: { kind: 'record', name: 'Order_items' } },
      tags: { kind: 'map', values: union(int, nothing) },
      parent: union({ kind: 'record', name: 'Order' }, nothing),
    }),
    record('Order_items', { sku: text }, true),
  )
  expect(codes).toEqual([])
  expect(json).toMatchInlineSnapshot(`
    {
      "fields": [
        {
          "name": "id",
          "type": {
            "logicalType": "uuid",
            "type": "string",
          },
        },
        {
          "name": "total",
          "type": "double",
        },
        {
          "name": "count",
          "type": "int",
        },
        {
          "name": "at",
          "type": {
            "logicalType": "timestamp-millis",
            "type": "long",
          },
        },
        {
          "default": null,
          "name": "coupon",
          "type": [
            "null",
            "string",
          ],
        },
        {
          "name": "status",
          "type": {
            "name": "OrderStatus",
            "symbols": [
              "NEW",
              "PAID",
            ],
            "type": "enum",
          },
        },
        {
          "name": "bytes",
          "type": "bytes",
        },
        {
          "name": "big",
          "type": "long",
        },
        {
          "name": "items",
          "type": {
            "items": {
              "fields": [
                {
                  "name": "sku",
                  "type": "string",
                },
              ],
              "name": "OrderItems",
              "type": "record",
            },
            "type": "array",
          },
        },
        {
          "name": "tags",
          "type": {
            "type": "map",
            "values": [
              "null",
              "int",
            ],
          },
        },
        {
          "default": null,
          "name": "parent",
          "type": [
            "null",
            "Order",
          ],
        },
      ],
      "name": "Order",
      "namespace": "shop",
      "type": "record",
    }
  `)
  expect(() => avsc.Type.forSchema(json as avsc.Schema)).not.toThrow()
})

test('a plain number is a double, with a hint', () => {
  const { json, codes } = derive(number)
  expect(json).toBe('double')
  expect(codes).toEqual(['MR1010 orders: the type is number, so the schema says double'])
})

test('literals: numbers take the narrowest type, odd symbols become strings', () => {
  expect(derive(union(literal(1), literal(2))).json).toBe('int')
  expect(derive(union(literal(1), literal(2 ** 40))).json).toBe('long')
  const odd = derive(union(literal('in-progress'), literal('done')))
  expect(odd.json).toBe('string')
  expect(odd.codes[0]).toMatch(/^MR1007/)
})

test('what has no Avro form is refused with its path, all at once', () => {
  const { json, codes } = derive(
    { kind: 'record', name: 'Bad' },
    record('Bad', {
      f: { kind: 'opaque', text: '() => void', reason: 'functions are no data' },
      either: union({ kind: 'record', name: 'A' }, { kind: 'record', name: 'B' }),
      'odd-name': text,
      price: { kind: 'decimal' },
    }),
    record('A', {}, true),
    record('B', {}, true),
  )
  expect(json).toBeUndefined()
  expect(codes.map((code) => code.slice(0, 30))).toEqual([
    'MR1004 orders.f: () => void: f',
    'MR1006 orders.either: a union ',
    'MR1004 orders.odd-name: not a ',
    'MR1004 orders.price: a Decimal',
  ])
})
