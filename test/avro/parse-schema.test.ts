import { describe, expect, test } from 'vitest'
import { parseSchema, parseSchemaOrThrow } from '../../avro/parse-schema.js'
import { printSchema } from '../../avro/print-schema.js'
import type { JsonValue, RecordSchema } from '../../avro/schema.js'

function errorsOf(json: string | JsonValue): string[] {
  const result = parseSchema(json)
  return result.ok ? [] : result.errors.map((error) => `${error.path}: ${error.message}`)
}
const record = (...fields: JsonValue[]): JsonValue => ({ type: 'record', name: 'R', fields })

describe('errors name the place and the reason', () => {
  test.each<[JsonValue, string]>([
    [record({ name: 'a', type: 'strin' }), 'R.a: "strin" is not a defined type'],
    [record({ name: 'a', type: 'array', items: 'int' }), 'R.a: type "array" needs an object of its own'],
    [record({ name: '__proto__', type: 'int' }), 'R: the name __proto__ is refused'],
    [record({ name: 'a-b', type: 'int' }), 'R: "a-b" is not a name'],
    [record({ name: 'a', type: 'int' }, { name: 'a', type: 'int' }), 'R: two fields have the name "a"'],
    [
      record({ name: 'a', type: { type: 'enum', name: 'E', symbols: ['A', 'A'] } }),
      'R.a: the symbol "A" appears twice',
    ],
    [record({ name: 'a', type: { type: 'enum', name: 'E', symbols: ['A'], default: 'B' } }), 'R.a: the default "B"'],
    [record({ name: 'a', type: { type: 'fixed', name: 'F', size: -1 } }), 'R.a: the size of a fixed'],
    [record({ name: 'a', type: 'int', default: 'x' }), 'R.a: bad default: expected an int, not "x"'],
    [record({ name: 'a', type: 'int', default: 2147483648 }), 'R.a: bad default: expected an int'],
    [record({ name: 'a', type: { type: 'array', items: 'int' }, default: [1, 'x'] }), 'R.a[1]: bad default: expected'],
    [record({ name: 'a', type: ['null', ['int']] }), 'R.a: a union cannot hold a union directly'],
    [record({ name: 'a', type: ['int', { type: 'int', logicalType: 'date' }] }), 'R.a: a union cannot hold int twice'],
    [record({ name: 'a', type: 'int', order: 'up' }), 'R.a: the order must be'],
    [record({ type: 'int' }), 'R: field 1 has no name'],
    [record({ name: 'a' }), 'R.a: has no type'],
    [record({ name: 'a', type: { type: { type: 'int' } } }), 'R.a: "type" must be a string here'],
    [{ type: 'record', name: 'R' }, 'R: the record has no list of fields'],
    [{ type: 'record', fields: [] }, 'schema: the record has no name'],
    [{ type: 'fixed', name: 'string', size: 1 }, 'string: "string" is the name of a primitive type'],
    [7, 'schema: "7" is no schema'],
  ])('%j', (json, expected) => {
    expect(errorsOf(json)[0]).toContain(expected)
  })

  test('all at once', () => {
    expect(errorsOf(record({ name: 'a', type: 'x' }, { name: 'b', type: 'y' }))).toHaveLength(2)
  })

  test('text that is no JSON', () => {
    expect(errorsOf('{nonsense')[0]).toMatch(/^schema: is no JSON: /)
    expect(errorsOf('string')[0]).toMatch(/^schema: is no JSON: /)
  })

  test('a name of another namespace is suggested', () => {
    const fields = [
      { name: 'a', type: { type: 'fixed', name: 'x.F', size: 1 } },
      { name: 'b', type: 'F' },
    ]
    expect(errorsOf({ type: 'record', name: 'n.R', fields })[0]).toBe(
      'R.b: "n.F" is not a defined type; did you mean "x.F"?',
    )
  })

  test('nesting is bounded', () => {
    let json: JsonValue = 'int'
    for (let depth = 0; depth < 5000; depth++) json = { type: 'array', items: json }
    expect(errorsOf(json)[0]).toContain('nested more than 256 levels deep')
  })
})

describe('what is kept', () => {
  const text = {
    type: 'record',
    name: 'Order',
    namespace: 'shop',
    doc: 'An order.',
    aliases: ['shop.Purchase'],
    fields: [
      { name: 'id', type: 'string', doc: 'Unique.', aliases: ['key'] },
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' }, order: 'descending' },
      { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } },
      {
        name: 'odd',
        type: { type: 'string', logicalType: 'date', 'x-y': [1] },
        default: 'd',
        'connect.z': { a: null },
      },
      { name: 'parent', type: ['null', 'Order'], default: null },
      { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['A', 'B'], default: 'B' } },
      { name: 'hash', type: { type: 'fixed', name: 'other.Hash', size: 4 } },
      { name: 'again', type: 'other.Hash' },
      { name: 'kinds', type: { type: 'map', values: 'Kind' } },
    ],
    'x-owner': 'team',
  }

  test('printing gives the same JSON, but for names that need no namespace', () => {
    const printed = printSchema(parseSchemaOrThrow(text)) as typeof text
    const hash = { type: 'fixed', name: 'Hash', namespace: 'other', size: 4 }
    const fields = text.fields.map((field) => (field.name === 'hash' ? { ...field, type: hash } : field))
    expect(printed).toEqual({ ...text, fields })
    expect(printSchema(parseSchemaOrThrow(printed))).toEqual(printed)
  })

  test('recursive types are cyclic objects', () => {
    const order = parseSchemaOrThrow(text) as RecordSchema
    const parent = order.fields.find((field) => field.name === 'parent')?.schema
    expect(parent?.type === 'union' && parent.branches[1]).toBe(order)
    expect(order.name).toBe('shop.Order')
  })

  test('a logical type on a type that cannot carry it is ignored, and kept', () => {
    const order = parseSchemaOrThrow(text) as RecordSchema
    const odd = order.fields.find((field) => field.name === 'odd')?.schema
    expect(odd?.type === 'string' && odd.logical).toBe(undefined)
    expect(odd?.type === 'string' && odd.attributes.get('logicalType')).toBe('date')
  })
})

test('references give named types', () => {
  const address = '{"type":"record","name":"t.Address","fields":[{"name":"street","type":"string"}]}'
  const customer = '{"type":"record","name":"t.Customer","fields":[{"name":"address","type":"Address"}]}'
  expect(parseSchema(customer).ok).toBe(false)
  const schema = parseSchemaOrThrow(customer, { references: [address] }) as RecordSchema
  expect(schema.fields[0]?.schema).toMatchObject({ type: 'record', name: 't.Address' })
})

test('a name falls back to the null namespace', () => {
  const references = ['{"type":"enum","name":"E","symbols":["A"]}']
  const json = '{"type":"record","name":"t.R","fields":[{"name":"e","type":"E"}]}'
  const schema = parseSchemaOrThrow(json, { references }) as RecordSchema
  expect(schema.fields[0]?.schema).toMatchObject({ type: 'enum', name: 'E' })
  expect(printSchema(schema)).toMatchObject({ fields: [{ type: { name: 'E', namespace: '' } }] })
})
