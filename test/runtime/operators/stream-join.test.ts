import { describe, expect, it } from 'vitest'
import { StreamJoin } from '../../../runtime/operators/stream-join.js'
import { TimeBuffer } from '../../../runtime/state/time-buffer.js'
import { WindowStore } from '../../../runtime/state/window-store.js'
import fc from '../../fast-check.js'
import { backings } from '../state/backings.js'
import { bytes, commit, text, timeTable } from './kernels.js'

type Side = 0 | 1
interface Kept {
  readonly side: Side
  readonly key: string
  readonly timestamp: number
  readonly value: string
}
const window = { before: 5, after: 8, grace: 2, retention: 1_000 }
const [inMemory, onDisk] = backings()

/** What a record gives: pairs with what was there before, and records that go on alone. */
const joining = (outer: boolean, [left, right, waits] = [inMemory, inMemory, inMemory]) => {
  const opened = [left!.open(), right!.open(), waits!.open()]
  const [leftStore, rightStore] = opened.map(({ backing }, side) =>
    side === 2 ? undefined : new WindowStore({ bucketMs: 10, ranges: true }, backing),
  )
  const waiting = outer ? new TimeBuffer({ bucketMs: 10 }, opened[2]!.backing) : undefined
  const join = new StreamJoin(leftStore!, rightStore!, timeTable(), waiting, window, text, text, text)
  return ({ side, key, timestamp, value }: Kept): { readonly pairs: string[]; readonly alone: string[] } => {
    const pairs: string[] = []
    const alone: string[] = []
    join.advance(timestamp)
    join.seek(bytes(key), 0, key.length, timestamp)
    join.keep(side, value)
    if (outer) {
      while (join.nextDue()) {
        expect([0, 1]).toContain(join.dueSide())
        alone.push(String(join.takeDue()))
      }
    }
    while (join.nextPartner()) pairs.push(`${value}+${String(join.partner())}@${join.latest()}`)
    if (outer && join.goesAlone()) alone.push(value)
    for (const { backing, after } of opened) commit(backing.table, after)
    return { pairs, alone }
  }
}

const matches = (one: Kept, other: Kept): boolean => {
  const [before, after] = one.side === 0 ? [window.before, window.after] : [window.after, window.before]
  return (
    one.side !== other.side &&
    one.key === other.key &&
    other.timestamp >= one.timestamp - before &&
    other.timestamp <= one.timestamp + after
  )
}

const record = fc.record({
  side: fc.constantFrom<Side>(0, 1),
  key: fc.constantFrom('a', 'b'),
  timestamp: fc.nat(40),
})
const named = (list: readonly Omit<Kept, 'value'>[]): Kept[] => list.map((each, i) => ({ ...each, value: `v${i}` }))

describe('the join of two streams', () => {
  it.each([
    ['in memory', [inMemory, inMemory, inMemory], 200],
    ['on disk', [onDisk, inMemory, inMemory], 30],
  ] as const)('meets all partners that are kept, by time and arrival, %s', (_, places, numRuns) => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 30 }).map(named), (records) => {
        const take = joining(false, [...places])
        records.forEach((each, i) => {
          const partners = records.slice(0, i).filter((other) => matches(each, other))
          partners.sort((a, b) => a.timestamp - b.timestamp)
          const expected = partners.map(
            ({ value, timestamp }) => `${each.value}+${value}@${Math.max(timestamp, each.timestamp)}`,
          )
          expect(take(each).pairs).toEqual(expected)
        })
      }),
      { numRuns },
    )
  })

  it.each([
    ['in memory', [inMemory, inMemory, inMemory], 200],
    ['on disk', [inMemory, inMemory, onDisk], 30],
  ] as const)('lets those go on alone, once, that no partner came for, %s', (_, places, numRuns) => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 30 }), (list) => {
        const records = named([...list].sort((a, b) => a.timestamp - b.timestamp))
        const take = joining(true, [...places])
        const alone: string[] = []
        const all = [...records]
        for (let i = 0; i < 4; i++) all.push({ side: 0, key: 'z', timestamp: 100 * (i + 1), value: `end${i}` })
        all.forEach((each, i) => {
          const before = alone.length
          alone.push(...take(each).alone)
          // Nobody goes before its window and the grace are over.
          for (const value of alone.slice(before)) {
            const gone = all.find((other) => other.value === value)!
            expect(gone === each || gone.timestamp < all[i]!.timestamp).toBe(true)
          }
        })
        const expected = records.filter((each) => !records.some((other) => matches(each, other)))
        expect(alone.filter((value) => !value.startsWith('end')).sort()).toEqual(
          expected.map(({ value }) => value).sort(),
        )
      }),
      { numRuns },
    )
  })

  it('forgets rows that are older than the retention', () => {
    const opened = [inMemory!.open(), inMemory!.open()]
    const stores = opened.map(({ backing }) => new WindowStore({ bucketMs: 10, ranges: true }, backing))
    const brief = { ...window, retention: 15 }
    const join = new StreamJoin(stores[0]!, stores[1]!, timeTable(), undefined, brief, text, text, text)
    for (let timestamp = 0; timestamp < 500; timestamp++) {
      join.advance(timestamp)
      join.seek(bytes('k'), 0, 1, timestamp)
      join.keep(timestamp % 2 === 0 ? 0 : 1, 'v')
      while (join.nextDue()) join.takeDue()
    }
    expect(stores[0]!.table.size + stores[1]!.table.size).toBeLessThan(30)
  })
})
