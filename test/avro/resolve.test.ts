import { describe, expect, test } from 'vitest'
import { decodeValue } from '../../avro/decode.js'
import { encodeValue } from '../../avro/encode.js'
import { parseSchemaOrThrow } from '../../avro/parse-schema.js'
import { resolveSchemas } from '../../avro/resolve.js'
import type { JsonValue } from '../../avro/schema.js'

const record = (name: string, ...fields: JsonValue[]): JsonValue => ({ type: 'record', name, fields })
const field = (name: string, type: JsonValue, more: object = {}): JsonValue => ({ name, type, ...more })

function errorsOf(writer: JsonValue, reader: JsonValue): string[] {
  const { errors } = resolveSchemas(parse(writer), parse(reader))
  return errors.map((error) => `${error.kind}${error.conditional ? '?' : ''} ${error.path}: ${error.message}`)
}

/** A JSON value that is a string is a type name here. */
function parse(json: JsonValue) {
  return parseSchemaOrThrow(JSON.stringify(json))
}

function read(writer: JsonValue, value: unknown, reader: JsonValue): unknown {
  return decodeValue(parse(writer), encodeValue(parse(writer), value), { reader: parse(reader) })
}

describe('what cannot be read, and why', () => {
  const E = (symbols: string[], more: object = {}): JsonValue => ({ type: 'enum', name: 'E', symbols, ...more })
  const decimal = (scale: number): JsonValue => ({ type: 'bytes', logicalType: 'decimal', precision: 9, scale })
  test.each<[JsonValue, JsonValue, string]>([
    ['long', 'int', "TYPE_MISMATCH schema: the writer's long cannot be read as int"],
    ['int', 'string', "TYPE_MISMATCH schema: the writer's int cannot be read as string"],
    [record('A'), record('B'), "NAME_MISMATCH B: the writer's record A is not B or an alias"],
    [record('A'), record('A', field('x', 'int')), 'READER_FIELD_MISSING_DEFAULT_VALUE A.x: the writer does not have'],
    [
      record('A', field('x', { type: 'array', items: record('B', field('y', 'int')) })),
      record('A', field('x', { type: 'array', items: record('B', field('y', 'string')) })),
      "TYPE_MISMATCH A.x[].y: the writer's int cannot be read as string",
    ],
    [{ type: 'map', values: 'int' }, { type: 'map', values: 'bytes' }, 'TYPE_MISMATCH schema{}:'],
    [E(['A', 'B']), E(['A']), "MISSING_ENUM_SYMBOLS? E: the reader's enum E has neither a default nor the writer's B"],
    [{ type: 'fixed', name: 'F', size: 2 }, { type: 'fixed', name: 'F', size: 3 }, 'FIXED_SIZE_MISMATCH F:'],
    [['int', 'string'], 'int', "TYPE_MISMATCH? schema: the writer's string cannot be read as int"],
    [
      'string',
      ['null', 'int'],
      "MISSING_UNION_BRANCH schema: the reader's union has no branch for the writer's string",
    ],
    [
      { type: 'long', logicalType: 'timestamp-millis' },
      { type: 'long', logicalType: 'timestamp-micros' },
      "LOGICAL_TYPE_MISMATCH schema: the writer's timestamp-millis cannot be read as timestamp-micros",
    ],
    [
      decimal(2),
      decimal(3),
      "LOGICAL_TYPE_MISMATCH schema: the writer's decimal(9, 2) cannot be read as decimal(9, 3)",
    ],
    [decimal(2), 'string', 'LOGICAL_TYPE_MISMATCH schema: bytes (decimal(9, 2)) cannot be read as string'],
    [
      [record('A', field('x', 'int'))],
      ['null', record('A', field('x', 'string'))],
      "TYPE_MISMATCH? schema<A>.x: the writer's int cannot be read as string",
    ],
  ])('%j as %j', (writer, reader, expected) => {
    expect(errorsOf(writer, reader).join('\n')).toContain(expected)
  })

  test('all reasons at once', () => {
    const writer = record('A', field('x', 'int'), field('y', 'int'))
    expect(errorsOf(writer, record('A', field('x', 'string'), field('y', 'bytes'), field('z', 'int')))).toHaveLength(3)
  })

  test('an error node is reached only by data of its branch', () => {
    expect(read(['int', 'string'], 5, 'int')).toBe(5)
    expect(() => read(['int', 'string'], 'x', 'int')).toThrow("the writer's string cannot be read as int")
    expect(read(E(['A', 'B']), 'A', E(['A']))).toBe('A')
    expect(() => read(E(['A', 'B']), 'B', E(['A']))).toThrow("the reader's enum lacks B, and has no default")
  })
})

describe('what is read, and as what', () => {
  const date: JsonValue = { type: 'int', logicalType: 'date' }
  const timestamp: JsonValue = { type: 'long', logicalType: 'timestamp-millis' }
  test.each<[JsonValue, unknown, JsonValue, unknown]>([
    ['int', 7, 'long', 7],
    ['int', 16777217, 'float', 16777216],
    ['long', 9007199254740991, 'double', 9007199254740991],
    ['long', 16777217, 'float', 16777216],
    ['float', 0.5, 'double', 0.5],
    ['string', 'zü', 'bytes', Uint8Array.of(122, 195, 188)],
    ['bytes', Uint8Array.of(122, 195, 188), 'string', 'zü'],
    ['int', 5, ['null', 'long', 'int'], { int: 5 }],
    ['int', 5, ['null', 'double', 'string'], 5],
    // The branch of the writer's type wins over one that a promotion reaches, wherever it stands.
    [date, 7, [timestamp, date], 7],
    [date, 7, [date, timestamp], 7],
    ['bytes', Uint8Array.of(65), ['string', 'bytes'], Uint8Array.of(65)],
    ['bytes', Uint8Array.of(65), ['bytes', 'string'], Uint8Array.of(65)],
    ['string', 'A', ['bytes', 'string'], 'A'],
    ['long', 5, { type: 'long', logicalType: 'timestamp-millis' }, new Date(5)],
    ['int', 5, { type: 'long', logicalType: 'timestamp-millis' }, new Date(5)],
    [{ type: 'long', logicalType: 'timestamp-millis' }, new Date(5), 'long', 5],
  ])('%j %j as %j', (writer, value, reader, expected) => {
    expect(read(writer, value, reader)).toEqual(expected)
  })

  test('fields by name, by alias, with defaults, in the order of the reader; others are skipped', () => {
    const writer = record(
      'A',
      field('gone', { type: 'map', values: { type: 'array', items: ['null', 'string'] } }),
      field('old', 'int'),
      field('same', 'string'),
    )
    const reader = record(
      'A',
      field('same', 'string'),
      field('added', record('B', field('x', 'int', { default: 3 }), field('y', 'string')), { default: { y: 'z' } }),
      field('renamed', 'long', { aliases: ['older', 'old'] }),
    )
    const value = { gone: { k: ['a', null], l: [] }, old: 5, same: 's' }
    const result = read(writer, value, reader)
    expect(result).toEqual({ same: 's', added: { x: 3, y: 'z' }, renamed: 5 })
    expect(Object.keys(result as object)).toEqual(['same', 'added', 'renamed'])
  })

  test('a field that has its own name is not taken by an alias', () => {
    const reader = record('A', field('x', 'int'), field('y', 'int', { aliases: ['x'], default: 9 }))
    expect(read(record('A', field('x', 'int')), { x: 1 }, reader)).toEqual({ x: 1, y: 9 })
  })

  test('records by alias, and by name in another namespace', () => {
    const writer = record('n.Old', field('x', 'int'))
    expect(read(writer, { x: 1 }, { ...(record('New', field('x', 'int')) as object), aliases: ['n.Old'] })).toEqual({
      x: 1,
    })
    expect(read(writer, { x: 1 }, record('m.Old', field('x', 'int')))).toEqual({ x: 1 })
  })

  test('an unknown symbol becomes the default of the reader', () => {
    const enumeration = (symbols: string[], more: object = {}): JsonValue => ({
      type: 'enum',
      name: 'E',
      symbols,
      ...more,
    })
    expect(read(enumeration(['A', 'B', 'C']), 'C', enumeration(['X', 'A'], { default: 'X' }))).toBe('X')
  })

  test('recursive types, read as evolved recursive types', () => {
    const writer = record('Node', field('value', 'int'), field('next', ['null', 'Node']))
    const reader = record(
      'Node',
      field('next', ['null', 'Node'], { default: null }),
      field('value', 'long'),
      field('note', 'string', { default: '' }),
    )
    const value = { value: 1, next: { value: 2, next: null } }
    expect(read(writer, value, reader)).toEqual({ value: 1, note: '', next: { value: 2, note: '', next: null } })
    const { resolution } = resolveSchemas(parse(writer), parse(reader))
    expect(resolution.kind).toBe('record')
  })

  test('a failed attempt at a branch leaves nothing behind', () => {
    // The first branch of the reader fails deep inside a recursion; the second must still be resolved afresh.
    const node = (name: string, leaf: JsonValue): JsonValue =>
      record(name, field('self', ['null', 'Node']), field('leaf', leaf))
    const writer = node('Node', 'int')
    const reader = [
      { ...(record('m.Node', field('self', ['null', 'Node']), field('leaf', 'string')) as object) },
      { ...(record('p.Node', field('self', ['null', 'Node']), field('leaf', 'long')) as object) },
    ] as JsonValue
    expect(errorsOf(writer, reader)).toEqual([])
    expect(read(writer, { self: { self: null, leaf: 1 }, leaf: 2 }, reader)).toEqual({
      'p.Node': { self: { self: null, leaf: 1 }, leaf: 2 },
    })
  })
})
