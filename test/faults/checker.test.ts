/** Each invariant is violated by hand: a checker that never complains proves nothing. */
import { describe, expect, it } from 'vitest'
import { check } from './checker.js'
import type { Entry, Guarantee, History, LoggedRecord } from './history.js'

const record = (partition: number, offset: number, key: string, value: string): LoggedRecord => ({
  partition,
  offset,
  key,
  value,
})

const input = [record(0, 0, 'a', 'a0'), record(0, 1, 'a', 'a1'), record(0, 2, 'a', 'a2'), record(1, 0, 'b', 'b0')]
const counts = [record(0, 0, 'a', '1'), record(0, 1, 'a', '2'), record(0, 2, 'a', '3'), record(1, 0, 'b', '1')]

interface Parts {
  readonly output?: readonly LoggedRecord[]
  readonly counts?: readonly LoggedRecord[]
  readonly byMarkers?: readonly LoggedRecord[]
  readonly store?: Readonly<Record<string, number>>
  readonly committed?: readonly number[]
  readonly more?: readonly Entry[]
}

/** A good log, apart from what is given. */
const log = (parts: Parts): History => {
  const output = parts.output ?? input
  return [
    { op: 'acked', at: 0, values: input.map(({ value }) => value) },
    ...(parts.more ?? []),
    { op: 'healed', at: 100 },
    { op: 'settled', at: 200 },
    { op: 'topic', topic: 'input', records: input },
    { op: 'topic', topic: 'output', records: output },
    { op: 'topic', topic: 'counts', records: parts.counts ?? counts },
    { op: 'by markers', topic: 'output', records: parts.byMarkers ?? output },
    { op: 'store', counts: parts.store ?? { a: 3, b: 1 } },
    { op: 'committed', offsets: parts.committed ?? [3, 1] },
  ]
}

const violated = (parts: Parts, guarantee: Guarantee = 'exactly_once'): string[] => [
  ...new Set(check(log(parts), guarantee).map(({ invariant }) => invariant)),
]

const at = (index: number): LoggedRecord => {
  const found = input[index]
  if (found === undefined) throw new Error(`no record ${index}`)
  return found
}

/** The records of one partition, in this order. */
const inOrder = (...indices: readonly number[]): LoggedRecord[] =>
  indices.map((index, offset) => ({ ...at(index), offset }))

const sample = (order: 'offsets first' | 'outputs first', committed: number[], outputs: number[]): Entry => ({
  op: 'sample',
  at: 50,
  order,
  committed,
  outputs,
})

describe('the checker', () => {
  it('has nothing against a good log', () => {
    expect(violated({})).toEqual([])
    expect(violated({}, 'at_least_once')).toEqual([])
  })

  it('I1: finds what is lost', () => {
    expect(violated({ output: input.slice(0, 3) })).toEqual(['I1'])
    expect(violated({ more: [{ op: 'acked', at: 1, values: ['never kept'] }] })).toEqual(['I1'])
  })

  it('I2: finds what came out twice, which at-least-once may do', () => {
    const output = [...inOrder(0, 1, 1, 2), at(3)]
    expect(violated({ output })).toEqual(['I2'])
    expect(violated({ output }, 'at_least_once')).toEqual([])
  })

  it('I3: finds what is out of order', () => {
    expect(violated({ output: [...inOrder(1, 0, 2), at(3)] })).toEqual(['I3'])
    expect(violated({ output: [...inOrder(0, 2, 0, 1, 2), at(3)] }, 'at_least_once')).toEqual(['I3'])
    expect(violated({ output: [...inOrder(0, 1, 2, 0, 1, 2), at(3)] }, 'at_least_once')).toEqual([])
    expect(violated({ output: [at(0), at(1), { ...at(2), partition: 1, offset: 1 }, at(3)] })).toEqual(['I3'])
  })

  it('I4: finds counts and stores that are not those of the input', () => {
    expect(violated({ counts: [...counts.slice(0, 2), record(0, 2, 'a', '4'), ...counts.slice(3)] })).toEqual(['I4'])
    expect(violated({ store: { a: 4, b: 1 } })).toEqual(['I4'])
    expect(violated({ store: { a: 3 } })).toEqual(['I4'])
    expect(violated({ counts: counts.slice(0, 2) }, 'at_least_once')).toEqual(['I4'])
    expect(violated({ store: { a: 4, b: 1 } }, 'at_least_once')).toEqual([])
  })

  it('I5: finds offsets that are ahead of outputs, and behind', () => {
    expect(violated({ more: [sample('offsets first', [2, 0], [1, 0])] })).toEqual(['I5'])
    expect(violated({ more: [sample('offsets first', [2, 0], [2, 0])] })).toEqual([])
    expect(violated({ more: [sample('outputs first', [1, 0], [2, 0])] })).toEqual(['I5'])
    expect(violated({ more: [sample('outputs first', [1, 0], [2, 0])] }, 'at_least_once')).toEqual([])
    expect(violated({ committed: [2, 1] })).toEqual(['I5'])
    expect(violated({ committed: [3] })).toEqual(['I5'])
  })

  it('I6: finds aborted records that are visible, and committed ones that are not', () => {
    expect(violated({ byMarkers: input.slice(0, 3) })).toEqual(['I6'])
    expect(violated({ byMarkers: [...input, record(1, 1, 'b', 'b1')] })).toEqual(['I6'])
  })

  it('I7: finds runs that do not go on', () => {
    const whole = log({})
    const without = whole.filter(({ op }) => op !== 'settled')
    expect(check(without, 'exactly_once').map(({ invariant }) => invariant)).toEqual(['I7'])
    const late = [...without, { op: 'settled', at: 60_200 } as const]
    expect(check(late, 'exactly_once').map(({ invariant }) => invariant)).toEqual(['I7'])
  })

  it('I8: finds memory and handles that grow', () => {
    const usage = (grow: (i: number) => readonly [number, number]): Entry[] =>
      Array.from({ length: 40 }, (_, i) => {
        const [rss, handles] = grow(i)
        return { op: 'usage', at: i, process: 'p', rss, handles }
      })
    expect(violated({ more: usage((i) => [100 + (i % 3), 10]) })).toEqual([])
    expect(violated({ more: usage((i) => [100 + 5 * i, 10]) })).toEqual(['I8'])
    expect(violated({ more: usage((i) => [100, 10 + i]) })).toEqual(['I8'])
  })

  it('refuses a log that lacks what would prove anything', () => {
    expect(() => check([{ op: 'healed', at: 0 }], 'exactly_once')).toThrow('the log has no topic input')
  })
})
