import { describe, expect, it } from 'vitest'
import { shareExchanges, type ExchangingNode } from '../../../compiler/ir/shared-exchanges.js'

let nodes: ExchangingNode[] = []
const node = (kind: string, inputs: readonly number[], more: Partial<ExchangingNode> = {}): number =>
  nodes.push({ id: nodes.length, kind, inputs, topic: undefined, exchanges: [], ...more }) - 1
const source = (topic: string): number => node('source', [], { topic })
const table = (topic: string): number => node('table-source', [], { topic })
const group = (input: number): number => node('group-by-key', [input], { exchanges: ['repartition'] })
const joinTable = (input: number, right: number): number =>
  node('stream-table-join', [input, right], { exchanges: ['repartition'] })
const joinStreams = (left: number, right: number): number =>
  node('stream-join', [left, right], { exchanges: ['left-repartition', 'right-repartition'] })

const share = (build: (keyed: number) => void, deployed: Readonly<Record<string, readonly string[]>> = {}) => {
  nodes = []
  build(node('select-key', [source('orders')]))
  const { writers, apart } = shareExchanges(nodes, (place) => deployed[place] && new Set(deployed[place]))
  return { writers: Object.fromEntries(writers), apart: Object.fromEntries(apart) }
}

describe('exchanges of one stream', () => {
  it('are one, that of the first', () => {
    expect(share((keyed) => [group(keyed), group(keyed), group(keyed)])).toEqual({
      writers: { '3/repartition': '2/repartition', '4/repartition': '2/repartition' },
      apart: {},
    })
  })

  it('are one with that of a join, whose table says how many partitions', () => {
    const { writers, apart } = share((keyed) => [group(keyed), joinTable(keyed, table('prices'))])
    expect(writers).toEqual({ '4/repartition': '2/repartition' })
    expect(apart).toEqual({})
  })

  it('stay apart where each joins another table, and one that joins nothing goes with the first', () => {
    const built = share((keyed) => [
      joinTable(keyed, table('prices')),
      joinTable(keyed, table('stock')),
      group(keyed),
      joinTable(keyed, table('prices')),
    ])
    // Nodes: 3 joins prices (2), 5 joins stock (4), 6 groups, 8 joins prices (7).
    expect(built.writers).toEqual({ '6/repartition': '3/repartition', '8/repartition': '3/repartition' })
    expect(built.apart).toEqual({ '5/repartition': '3/repartition' })
  })

  it('both sides of a join of a stream with itself are one', () => {
    expect(share((keyed) => joinStreams(keyed, keyed)).writers).toEqual({
      '2/right-repartition': '2/left-repartition',
    })
  })

  it('that of the deployed one, wherever it stands', () => {
    expect(share((keyed) => [group(keyed), group(keyed)], { '3/repartition': [] }).writers).toEqual({
      '2/repartition': '3/repartition',
    })
  })

  it('a deployed one is read with what it was read with, and keeps its partitions', () => {
    const joined = (keyed: number): unknown => [group(keyed), joinTable(keyed, table('prices'))]
    expect(share(joined, { '2/repartition': [] })).toEqual({ writers: {}, apart: { '4/repartition': '2/repartition' } })
    expect(share(joined, { '2/repartition': ['prices'] }).writers).toEqual({ '4/repartition': '2/repartition' })
    // Nodes: 2 groups, 4 joins stock (3), 6 joins prices (5).
    const both = (keyed: number): unknown => [
      group(keyed),
      joinTable(keyed, table('stock')),
      joinTable(keyed, table('prices')),
    ]
    expect(share(both, { '2/repartition': ['prices'] })).toEqual({
      writers: { '6/repartition': '2/repartition' },
      apart: { '4/repartition': '2/repartition' },
    })
    // That of a join takes whoever needs nothing beside.
    expect(share(joined, { '4/repartition': ['prices'] }).writers).toEqual({ '2/repartition': '4/repartition' })
  })

  it('repartitions and groups by a key of their own have topics of their own', () => {
    const own = (kind: string, keyed: number): number => node(kind, [keyed], { exchanges: ['repartition'] })
    const built = share((keyed) => [own('repartition', keyed), own('repartition', keyed), own('group-by', keyed)])
    expect(built).toEqual({ writers: {}, apart: {} })
  })

  it('streams that are not the same share nothing', () => {
    const built = share((keyed) => [group(keyed), group(node('filter', [keyed]))])
    expect(built.writers).toEqual({})
  })
})
