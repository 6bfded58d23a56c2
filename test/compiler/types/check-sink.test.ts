import { expect, test } from 'vitest'
import { parseSchemaOrThrow } from '../../../avro/parse-schema.js'
import { checkSink } from '../../../compiler/types/check-sink.js'
import type { RecordTypes, ValueType } from '../../../compiler/ir/value-type.js'

const text: ValueType = { kind: 'string', brand: undefined }
const number: ValueType = { kind: 'number', brand: undefined }

const schema = parseSchemaOrThrow({
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['NEW', 'PAID'] } },
    { name: 'count', type: 'int' },
    { name: 'at', type: ['null', { type: 'long', logicalType: 'timestamp-millis' }], default: null },
    {
      name: 'items',
      type: { type: 'array', items: { type: 'record', name: 'Item', fields: [{ name: 'sku', type: 'string' }] } },
    },
  ],
})

function problems(fields: Record<string, ValueType>, optional: readonly string[] = []): string[] {
  const records: RecordTypes = new Map([
    [
      'Value',
      {
        name: 'Value',
        anonymous: false,
        fields: Object.entries(fields).map(([name, type]) => ({ name, type, optional: optional.includes(name) })),
      },
    ],
    ['Good', { name: 'Good', anonymous: false, fields: [{ name: 'sku', type: text, optional: false }] }],
    ['Wrong', { name: 'Wrong', anonymous: false, fields: [{ name: 'sku', type: number, optional: false }] }],
  ])
  const type: ValueType = { kind: 'record', name: 'Value' }
  return checkSink(type, {
    subject: 'orders-value',
    schema,
    long: 'number',
    records,
    span: undefined,
    name: 'Order',
  }).map(({ message }) => message)
}

const items: ValueType = { kind: 'array', items: { kind: 'record', name: 'Good' } }
const paid: ValueType = { kind: 'literal', value: 'PAID' }

test('a value with more than the schema wants fits; missing fields with a default may miss', () => {
  expect(problems({ id: text, status: paid, count: number, items, more: text })).toEqual([])
})

test('each field that does not fit is told with its path', () => {
  expect(
    problems(
      {
        id: text,
        status: text,
        count: { kind: 'number', brand: 'double' },
        at: number,
        items: { kind: 'array', items: { kind: 'record', name: 'Wrong' } },
      },
      ['id'],
    ),
  ).toEqual([
    "Order.id does not fit subject 'orders-value': optional, and it has no default",
    "Order.status does not fit subject 'orders-value': string is none of the symbols NEW, PAID",
    "Order.count does not fit subject 'orders-value': double instead of int",
    "Order.at does not fit subject 'orders-value': number is none of null, long",
    "Order.items[].sku does not fit subject 'orders-value': number instead of string",
  ])
})

test('a missing field without a default is told', () => {
  expect(problems({ id: text, status: paid, items })).toEqual([
    "Order.count does not fit subject 'orders-value': missing, and it has no default",
  ])
})
