import { describe, expect, it } from 'vitest'
import { VersionedRows } from '../../../runtime/operators/versioned-rows.js'
import { WindowStore } from '../../../runtime/state/window-store.js'
import fc from '../../fast-check.js'
import { backings } from '../state/backings.js'
import { bytes, commit, text, timeTable } from './kernels.js'

const HISTORY = 20

describe.each(backings())('versioned rows $name', ({ open, numRuns }) => {
  it('give the value that held at a time, as far back as the history goes', () => {
    const put = fc.record({
      key: fc.constantFrom('a', 'b'),
      value: fc.option(fc.constantFrom('x', 'y', 'z'), { nil: null }),
      timestamp: fc.nat(60),
    })
    fc.assert(
      fc.property(fc.array(put, { maxLength: 40 }), (puts) => {
        const { backing, after } = open()
        const store = new WindowStore({ bucketMs: 5, ranges: true }, backing)
        const rows = new VersionedRows(store, timeTable(), HISTORY, text)
        const versions = new Map<string, Map<number, string | null>>()
        let now = -1
        for (const { key, value, timestamp } of puts) {
          now = Math.max(now, timestamp)
          rows.seek(bytes(key), 0, key.length)
          const accepted = rows.accepts(timestamp)
          expect(accepted).toBe(timestamp >= now - HISTORY)
          if (!accepted) continue
          const own = versions.get(key) ?? new Map<number, string | null>()
          versions.set(key, own)
          const newest = Math.max(-1, ...own.keys())
          expect(rows.put(value, timestamp)).toBe(timestamp >= newest)
          own.set(timestamp, value)
          commit(store.table, after)
          for (let time = now - HISTORY; time <= now + 1; time++) {
            const held = Math.max(-1, ...[...own.keys()].filter((from) => from <= time))
            rows.seek(bytes(key), 0, key.length)
            rows.asOf(time)
            expect(rows.exists() ? rows.value() : null).toEqual(own.get(held) ?? null)
          }
          rows.asOf(now - HISTORY - 1)
          const isNewest = newest <= now - HISTORY - 1 && timestamp <= now - HISTORY - 1
          if (!isNewest) expect(rows.exists()).toBe(false)
        }
      }),
      { numRuns: Math.min(numRuns, 100) },
    )
  })

  it('forget versions that nobody can ask for any more', () => {
    const { backing, after } = open()
    const store = new WindowStore({ bucketMs: 5, ranges: true }, backing)
    const rows = new VersionedRows(store, timeTable(), HISTORY, text)
    for (let timestamp = 0; timestamp < 200; timestamp += 5) {
      rows.seek(bytes('k'), 0, 1)
      rows.accepts(timestamp)
      rows.put(`v${timestamp}`, timestamp)
      commit(store.table, after)
    }
    expect(store.table.size).toBeLessThan(8)
  })
})
