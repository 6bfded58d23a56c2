import avsc from 'avsc'
import { describe, expect, test } from 'vitest'
import { parseSchemaOrThrow } from '../../avro/parse-schema.js'
import type { JsonValue, UnionSchema } from '../../avro/schema.js'
import { branchOf, unionShape, type LongMode } from '../../avro/union-shape.js'

const A: JsonValue = { type: 'record', name: 'ns.A', fields: [] }
const B: JsonValue = { type: 'record', name: 'ns.B', fields: [] }
const E: JsonValue = { type: 'enum', name: 'E', symbols: ['X'] }
const F: JsonValue = { type: 'fixed', name: 'F', size: 1 }
const ints: JsonValue = { type: 'array', items: 'int' }
const map: JsonValue = { type: 'map', values: 'int' }
const shapeOf = (json: JsonValue, long: LongMode = 'number') =>
  unionShape(parseSchemaOrThrow(json) as UnionSchema, long)

const unions: JsonValue[] = [
  ['null', 'int'],
  ['int', 'long'],
  ['null', 'int', 'string'],
  ['string', E],
  ['bytes', F],
  ['bytes', 'string', 'boolean', 'double'],
  ['null', A],
  [A, B],
  [A, map],
  [A, ints],
  [map, ints, 'null'],
  ['int', E],
]

test.each(unions)('avsc wraps the same unions: %j', (...union) => {
  const json = union as JsonValue
  const wrapped = avsc.Type.forSchema(json as avsc.Schema).typeName === 'union:wrapped'
  expect(shapeOf(json).wrapped).toBe(wrapped)
})

describe('what logical types and bigints change', () => {
  test('a Date, a bigint and a number are three shapes', () => {
    const at: JsonValue = { type: 'long', logicalType: 'timestamp-millis' }
    expect(shapeOf(['int', at]).wrapped).toBe(false)
    expect(shapeOf(['int', 'long'], 'bigint').wrapped).toBe(false)
    expect(shapeOf([at, A]).wrapped).toBe(false)
  })

  test('a decimal is an object among others', () => {
    const price: JsonValue = { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 }
    expect(shapeOf(['null', price, 'double']).wrapped).toBe(false)
    expect(shapeOf([price, A]).wrapped).toBe(true)
  })
})

test('the branch of a value', () => {
  const plain = shapeOf(['null', 'string', ints, A])
  expect(branchOf(plain, null)).toEqual({ index: 0, value: null })
  expect(branchOf(plain, 'x')).toEqual({ index: 1, value: 'x' })
  expect(branchOf(plain, [1])).toEqual({ index: 2, value: [1] })
  expect(branchOf(plain, {})).toEqual({ index: 3, value: {} })
  expect(branchOf(plain, 5)).toBe(undefined)
  const wrapped = shapeOf(['null', A, B])
  expect(branchOf(wrapped, { 'ns.B': {} })).toEqual({ index: 2, value: {} })
  expect(branchOf(wrapped, null)).toEqual({ index: 0, value: null })
  for (const value of [{}, { 'ns.C': {} }, { 'ns.A': {}, 'ns.B': {} }, 'ns.A', { null: null }]) {
    expect(branchOf(wrapped, value)).toBe(undefined)
  }
})
