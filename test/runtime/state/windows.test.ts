import fc from '../../fast-check.js'
import { describe, expect, it } from 'vitest'
import { SessionStore } from '../../../runtime/state/session-store.js'
import { TimeBuffer } from '../../../runtime/state/time-buffer.js'
import { WindowStore } from '../../../runtime/state/window-store.js'
import type { Table } from '../../../runtime/state/table.js'
import { backings } from './backings.js'
import { ModelTable, longKeys } from './model.js'

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')
const textOf = (table: Table, slot: number, end: number): string =>
  table.keyBuffer(slot).toString('latin1', table.keyStart(slot), end)
const byKey = (a: string, b: string): number => Buffer.compare(bytes(a), bytes(b))

const key = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('', 'a', 'a\0', 'ab', 'ÿ') },
  { weight: 1, arbitrary: fc.constantFrom(...longKeys) },
)
const time = fc.nat(40)
const undo = fc.record({ do: fc.constantFrom('mark', 'mark', 'rollback', 'commit', 'abort') })

/** A model whose rows are lists of parts, kept as JSON. */
class Model<T> {
  readonly table = new ModelTable()
  get list(): T[] {
    return [...this.table.rows.keys()].map((text) => JSON.parse(text) as T)
  }
  add(row: T): void {
    this.table.rows.set(JSON.stringify(row), { timestamp: 0, numbers: [], value: null })
  }
  delete(row: T): void {
    this.table.rows.delete(JSON.stringify(row))
  }
}

type Window = [key: string, start: number, sequence: number]

const chain = (store: WindowStore, name: string, from: number): Window[] => {
  const found: Window[] = []
  const buffer = bytes(name)
  for (let slot = store.from(buffer, 0, buffer.length, from); slot >= 0; slot = store.next(slot)) {
    found.push(windowAt(store, slot))
  }
  return found
}

const windowAt = (store: WindowStore, slot: number): Window => [
  textOf(store.table, slot, store.keyEnd(slot)),
  store.windowStart(slot),
  store.table.keyBuffer(slot).readUInt32BE(store.table.keyEnd(slot) - 4),
]

describe.each(backings())('WindowStore $name', ({ open, numRuns }) => {
  it('is a list sorted by key, start and arrival, and by start and key', () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('insert', 'append', 'append', 'delete'), key, time }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const), time, most: fc.nat(6) }) },
      { weight: 3, arbitrary: undo },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.constantFrom(1, 7, 1000), time, (steps, bucketMs, from) => {
        const { backing, after } = open()
        const store = new WindowStore({ bucketMs, ranges: true }, backing)
        const model = new Model<Window>()
        for (const each of steps) {
          if ('key' in each) {
            const buffer = bytes(each.key)
            const same = model.list.filter(([name, start]) => name === each.key && start === each.time)
            const sequence = Math.max(-1, ...same.map(([, , n]) => n)) + 1
            if (each.do === 'append') {
              store.append(buffer, 0, buffer.length, each.time, 0)
              model.add([each.key, each.time, sequence])
            } else if (each.do === 'insert') {
              store.insert(buffer, 0, buffer.length, each.time, 0)
              model.add([each.key, each.time, 0])
            } else {
              store.seek(buffer, 0, buffer.length)
              const slot = store.findAt(each.time)
              expect(slot >= 0).toBe(same.some(([, , n]) => n === 0))
              if (slot >= 0) store.table.delete(slot)
              model.delete([each.key, each.time, 0])
            }
          } else if (each.do === 'expire') {
            store.expire(each.time, each.most)
            const old = model.list.filter(([, start]) => start < each.time)
            const left = new Set([...store.sorted(0, 100)].map((slot) => JSON.stringify(windowAt(store, slot))))
            const gone = old.filter((row) => !left.has(JSON.stringify(row)))
            expect(gone.length).toBe(Math.min(old.length, each.most))
            for (const row of gone) model.delete(row)
          } else {
            store.table[each.do]()
            model.table[each.do]()
            after(each.do)
          }
          const all = model.list.sort((a, b) => a[1] - b[1] || byKey(a[0], b[0]) || a[2] - b[2])
          expect([...store.sorted(-Infinity, Infinity)].map((slot) => windowAt(store, slot))).toEqual(all)
          expect(store.lowerBound).toBeLessThanOrEqual(all[0]?.[1] ?? Infinity)
          expect(store.lowerBound === Infinity).toBe(all.length === 0)
        }
        const all = model.list.sort((a, b) => a[1] - b[1] || byKey(a[0], b[0]) || a[2] - b[2])
        const part = all.filter(([, start]) => start >= from && start <= from + 9)
        expect([...store.sorted(from, from + 9)].map((slot) => windowAt(store, slot))).toEqual(part)
        for (const name of ['', 'a', 'a\0', 'ab', 'ÿ']) {
          expect(chain(store, name, from)).toEqual(all.filter((row) => row[0] === name && row[1] >= from))
          const last = store.upTo(bytes(name), 0, name.length, from)
          const expected = all.filter((row) => row[0] === name && row[1] <= from).at(-1)
          expect(last < 0 ? undefined : windowAt(store, last)).toEqual(expected)
        }
      }),
      { numRuns },
    )
  })

  it('goes through more rows of a key than are read at a time', () => {
    const { backing, after } = open()
    const store = new WindowStore({ bucketMs: 10, ranges: true }, backing)
    const commit = (): void => {
      store.table.commit()
      after('commit')
      store.table.mark()
      after('mark')
    }
    for (let start = 0; start < 300; start += 2)
      for (const name of ['a', 'a\0', 'b']) store.append(bytes(name), 0, name.length, start, 0)
    commit()
    for (let start = 1; start < 300; start += 2) store.append(bytes('a'), 0, 1, start, 0)
    expect(chain(store, 'a', 0).map(([, start]) => start)).toEqual(Array.from({ length: 300 }, (_, start) => start))
    commit()
    expect(chain(store, 'a', 100).map(([, start]) => start)).toEqual(Array.from({ length: 200 }, (_, n) => 100 + n))
    expect(store.windowStart(store.upTo(bytes('a'), 0, 1, 77))).toBe(77)
    store.expire(150, 200)
    store.expire(150, 1000)
    expect(store.sorted(0, 150).length).toBe(3)
    expect(store.lowerBound).toBeGreaterThanOrEqual(140)
    expect(chain(store, 'b', 0).length).toBe(75)
    commit()
    expect(store.table.size).toBe(300)
    expect(store.sorted(-Infinity, Infinity).length).toBe(300)
  })

  it('holds starts of any size', () => {
    const store = new WindowStore({ bucketMs: 1000, ranges: true }, open().backing)
    const starts = [0, 2 ** 32 - 1, 2 ** 32, 1_700_000_000_000, Number.MAX_SAFE_INTEGER]
    for (const start of starts) store.insert(bytes('k'), 0, 1, start, 0)
    expect(chain(store, 'k', 0).map(([, start]) => start)).toEqual(starts)
  })

  it('says that it has no ranges', () => {
    const store = new WindowStore({ bucketMs: 1, ranges: false }, open().backing)
    expect(() => store.from(bytes('k'), 0, 1, 0)).toThrow('without ranges')
  })
})

type Session = [key: string, start: number, end: number]

describe.each(backings())('SessionStore $name', ({ open, numRuns }) => {
  const at = (store: SessionStore, slot: number): Session => [
    textOf(store.table, slot, store.keyEnd(slot)),
    store.sessionStart(slot),
    store.sessionEnd(slot),
  ]

  it('is a list sorted by key, end and start, and by end, start and key', () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('insert', 'delete'), key, time, length: fc.nat(9) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const), time }) },
      { weight: 3, arbitrary: undo },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.constantFrom(1, 7, 1000), time, (steps, bucketMs, from) => {
        const { backing, after } = open()
        const store = new SessionStore({ bucketMs }, backing)
        const model = new Model<Session>()
        for (const each of steps) {
          if ('key' in each) {
            const buffer = bytes(each.key)
            const end = each.time + each.length
            if (each.do === 'insert') {
              store.insert(buffer, 0, buffer.length, each.time, end)
              model.add([each.key, each.time, end])
            } else {
              const slot = store.find(buffer, 0, buffer.length, each.time, end)
              if (slot >= 0) store.table.delete(slot)
              model.delete([each.key, each.time, end])
            }
          } else if (each.do === 'expire') {
            store.expire(each.time, 1000)
            for (const row of model.list) if (row[2] < each.time) model.delete(row)
          } else {
            store.table[each.do]()
            model.table[each.do]()
            after(each.do)
          }
          const all = model.list.sort((a, b) => a[2] - b[2] || a[1] - b[1] || byKey(a[0], b[0]))
          expect([...store.sorted(-Infinity, Infinity)].map((slot) => at(store, slot))).toEqual(all)
          expect(store.lowerBound).toBeLessThanOrEqual(all[0]?.[2] ?? Infinity)
        }
        for (const name of ['', 'a', 'a\0', 'ab', 'ÿ']) {
          const found: Session[] = []
          const buffer = bytes(name)
          for (let slot = store.from(buffer, 0, buffer.length, from); slot >= 0; slot = store.next(slot)) {
            found.push(at(store, slot))
          }
          const own = model.list.filter((row) => row[0] === name && row[2] >= from)
          expect(found).toEqual(own.sort((a, b) => a[2] - b[2] || a[1] - b[1]))
        }
      }),
      { numRuns },
    )
  })
})

describe.each(backings())('TimeBuffer $name', ({ open, numRuns }) => {
  it('has rows at their last place when they come again while it is restored', () => {
    const { backing, after } = open()
    const store = new TimeBuffer({ bucketMs: 10 }, backing)
    const { table } = store
    const commit = (): void => {
      table.commit()
      after('commit')
      table.mark()
      after('mark')
    }
    const names = (): string[] => Array.from(store.due(100), (slot) => textOf(table, slot, table.keyEnd(slot)))
    table.insert(bytes('a'), 0, 1, 5)
    table.insert(bytes('b'), 0, 1, 16)
    commit()
    table.relocate(table.insert(bytes('a'), 0, 1, 27), 27)
    commit()
    expect(names()).toEqual(['b', 'a'])
    table.delete(store.first())
    commit()
    expect(names()).toEqual(['a'])
    expect(table.timestamp(store.first())).toBe(27)
  })

  it('goes through more rows than are read at a time', () => {
    const { backing, after } = open()
    const store = new TimeBuffer({ bucketMs: 10 }, backing)
    const { table } = store
    for (let i = 0; i < 500; i++) table.insert(bytes(`key-${(i * 7) % 500}`), 0, `key-${(i * 7) % 500}`.length, i >> 1)
    table.commit()
    after('commit')
    table.insert(bytes('early'), 0, 5, -3)
    table.mark()
    after('mark')
    expect(Array.from(store.inOrder(), (slot) => table.timestamp(slot))).toEqual([
      -3,
      ...Array.from({ length: 500 }, (_, i) => i >> 1),
    ])
    let before = -Infinity
    for (let slot = store.first(); slot >= 0; slot = store.first()) {
      expect(table.timestamp(slot)).toBeGreaterThanOrEqual(before)
      before = table.timestamp(slot)
      table.delete(slot)
    }
    expect(table.size).toBe(0)
  })

  it('gives rows by time and key; a row keeps its place', () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('insert', 'delete'), key, time }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('first', 'due'), time }) },
      { weight: 3, arbitrary: undo },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.constantFrom(1, 7, 1000), (steps, bucketMs) => {
        const { backing, after } = open()
        const store = new TimeBuffer({ bucketMs }, backing)
        const { table } = store
        const model = new ModelTable()
        const ordered = (): [string, number][] =>
          [...model.rows]
            .map(([name, { timestamp }]): [string, number] => [name, timestamp])
            .sort((a, b) => a[1] - b[1] || byKey(a[0], b[0]))
        const take = (slot: number): [string, number] => {
          const row: [string, number] = [textOf(table, slot, table.keyEnd(slot)), table.timestamp(slot)]
          table.delete(slot)
          model.rows.delete(row[0])
          return row
        }
        for (const each of steps) {
          expect(Array.from(store.inOrder(), (slot) => textOf(table, slot, table.keyEnd(slot)))).toEqual(
            ordered().map(([name]) => name),
          )
          if ('key' in each) {
            const slot = table.find(bytes(each.key), 0, each.key.length)
            if (each.do === 'insert') {
              table.insert(bytes(each.key), 0, each.key.length, each.time)
              if (slot < 0) model.rows.set(each.key, { timestamp: each.time, numbers: [], value: null })
            } else if (slot >= 0) take(slot)
          } else if (each.do === 'first') {
            const [expected] = ordered()
            const slot = store.first()
            expect(slot < 0 ? undefined : take(slot)).toEqual(expected)
          } else if (each.do === 'due') {
            const expected = ordered().filter(([, timestamp]) => timestamp <= each.time)
            expect([...store.due(each.time)].map(take)).toEqual(expected)
          } else {
            table[each.do]()
            model[each.do]()
            after(each.do)
          }
        }
      }),
      { numRuns },
    )
  })
})
