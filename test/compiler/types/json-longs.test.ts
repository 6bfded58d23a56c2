import { describe, expect, it } from 'vitest'
import { jsonLongs } from '../../../compiler/types/json-longs.js'
import type { RecordType, ValueType } from '../../../compiler/ir/value-type.js'

const long: ValueType = { kind: 'bigint' }
const text: ValueType = { kind: 'string', brand: undefined }
const number: ValueType = { kind: 'number', brand: undefined }
const none: ValueType = { kind: 'null' }

function record(name: string, fields: Readonly<Record<string, ValueType>>): RecordType {
  const each = Object.entries(fields).map(([field, type]) => ({ name: field, type, optional: false }))
  return { name, anonymous: false, fields: each }
}

function read(type: ValueType, ...records: readonly RecordType[]) {
  const options = { name: 'T', records: new Map(records.map((each) => [each.name, each])), span: undefined }
  const { value, diagnostics } = jsonLongs(type, options)
  return { longs: value, told: diagnostics.map(({ code, message }) => `${code} ${message}`) }
}

describe('where a type has bigints', () => {
  it('is told by field, item and entry, and nothing else is', () => {
    const order = record('Order', {
      id: text,
      cents: { kind: 'union', types: [long, none] },
      weights: { kind: 'array', items: number },
      parts: { kind: 'array', items: long },
      totals: { kind: 'map', values: long },
    })
    expect(read({ kind: 'record', name: 'Order' }, order)).toEqual({
      longs: [
        {
          members: [
            ['cents', 1],
            ['parts', 2],
            ['totals', 4],
          ],
        },
        { long: true },
        { items: 3 },
        { long: true },
        { values: 3 },
      ],
      told: [],
    })
  })

  it('is nothing where there are none', () => {
    const node = record('Node', { next: { kind: 'union', types: [{ kind: 'record', name: 'Node' }, none] } })
    expect(read({ kind: 'record', name: 'Node' }, node)).toEqual({ longs: undefined, told: [] })
  })

  it('ends in types that hold themselves', () => {
    const node: ValueType = { kind: 'record', name: 'Node' }
    const { longs } = read(node, record('Node', { n: long, next: { kind: 'array', items: node } }))
    expect(longs).toEqual([
      {
        members: [
          ['n', 1],
          ['next', 2],
        ],
      },
      { long: true },
      { items: 0 },
    ])
  })

  it('cannot be told from a number in the same place', () => {
    expect(read({ kind: 'array', items: { kind: 'union', types: [long, number] } }).told).toEqual([
      'MR1011 T[]: number and bigint look alike',
    ])
    const [a, b] = [record('A', { n: long }), record('B', { n: number })]
    const either: ValueType = {
      kind: 'union',
      types: [
        { kind: 'record', name: 'A' },
        { kind: 'record', name: 'B' },
      ],
    }
    expect(read(either, a, b).told).toEqual(['MR1011 T.n: number and bigint look alike'])
  })

  it('cannot be told of types that we do not read', () => {
    const tuple: ValueType = { kind: 'opaque', text: '[string, bigint]', reason: 'a tuple has no Avro form' }
    expect(read(tuple).told).toEqual(['MR1011 T: [string, bigint]: a tuple has no Avro form'])
  })
})
