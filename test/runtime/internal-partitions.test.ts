import { describe, expect, it } from 'vitest'
import { internalPartitions } from '../../runtime/executor/topology.js'
import { handWritten } from './support/hand-written-pipeline.js'

const serde = { kind: 'string' } as const
const topicOf = (topic: string) => ({ topic, key: serde, value: serde })
const { manifest } = handWritten({ applicationId: 'app', inputs: [], output: 'out', map: () => undefined })

interface Options {
  readonly given?: Readonly<Record<string, number>>
  /** Of internal topics that are there already. */
  readonly existing?: Readonly<Record<string, number>>
  /** Topics that must have the same partitions. */
  readonly together?: readonly (readonly string[])[]
}

/** Sub-topologies by what they read and write. */
const counts = (
  subs: readonly { readonly reads: readonly string[]; readonly writes: readonly string[] }[],
  partitions: Readonly<Record<string, number>>,
  { given = {}, existing = {}, together = [] }: Options = {},
) => {
  const internal = [...new Set(subs.flatMap(({ writes }) => writes))]
  const made = {
    ...manifest,
    coPartitioned: together.map((topics) => ({ operator: 'join', topics })),
    sinks: internal.map(topicOf),
    internalTopics: internal.map((topic) => ({ topic, partitions: given[topic], config: {} })),
    subTopologies: subs.map(({ reads, writes }, id) => {
      return { id, inputs: reads.map(topicOf), outputs: writes.map((topic) => internal.indexOf(topic)), awaited: [] }
    }),
  }
  return Object.fromEntries(
    internalPartitions(
      made,
      (topic) => partitions[topic],
      (topic) => existing[topic],
    ),
  )
}

describe('partitions of internal topics', () => {
  it('are as many as the widest input of those that write', () => {
    const subs = [
      { reads: ['a', 'b'], writes: ['r'] },
      { reads: ['r'], writes: [] },
    ]
    expect(counts(subs, { a: 3, b: 5 })).toEqual({ r: 5 })
    expect(counts(subs, { a: 3, b: 5 }, { given: { r: 2 } })).toEqual({ r: 2 })
  })

  it('are those of the table that records are joined with', () => {
    const subs = [
      { reads: ['orders'], writes: ['r'] },
      { reads: ['r', 'customers'], writes: [] },
    ]
    expect(counts(subs, { orders: 6, customers: 3 }, { together: [['r', 'customers']] })).toEqual({ r: 3 })
  })

  it('are equal where tasks read several of them', () => {
    const subs = [
      { reads: ['a'], writes: ['left'] },
      { reads: ['b'], writes: ['right'] },
      { reads: ['left', 'right'], writes: ['next'] },
      { reads: ['next'], writes: [] },
    ]
    expect(counts(subs, { a: 2, b: 4 }, { together: [['left', 'right']] })).toEqual({ left: 4, right: 4, next: 4 })
  })

  it('are equal where one topic meets several others', () => {
    const subs = [
      { reads: ['orders'], writes: ['r'] },
      { reads: ['returns'], writes: ['s'] },
      { reads: ['r', 's', 'customers'], writes: [] },
    ]
    const together = [
      ['s', 'r'],
      ['r', 'customers'],
    ]
    expect(counts(subs, { orders: 6, returns: 8, customers: 3 }, { together })).toEqual({ r: 3, s: 3 })
  })

  it('are those that are there, whatever their inputs have now, and what is new fits them', () => {
    const subs = [
      { reads: ['orders'], writes: ['r'] },
      { reads: ['returns'], writes: ['s'] },
      { reads: ['r', 's'], writes: ['next'] },
    ]
    const together = [['r', 's']]
    expect(counts(subs, { orders: 6, returns: 8 }, { existing: { r: 4 }, together })).toEqual({ r: 4, s: 4, next: 4 })
  })

  it('of a foreign-key join are those of the side that reads them', () => {
    const subs = [
      { reads: ['orders', 'answers'], writes: ['questions'] },
      { reads: ['customers', 'questions'], writes: ['answers'] },
    ]
    expect(
      counts(
        subs,
        { orders: 6, customers: 2 },
        {
          together: [
            ['orders', 'answers'],
            ['customers', 'questions'],
          ],
        },
      ),
    ).toEqual({ questions: 2, answers: 6 })
  })
})
