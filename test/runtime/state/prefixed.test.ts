import { describe, expect, it } from 'vitest'
import { PrefixedKey, PrefixedStore } from '../../../runtime/state/prefixed-store.js'
import fc from '../../fast-check.js'
import { backings } from './backings.js'
import { longKeys } from './model.js'

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

describe.each(backings())('rows of two keys $name', ({ open, numRuns }) => {
  it('are found by the outer key in the order of the inner one, through undo as well', () => {
    const short = fc.string({ maxLength: 2, unit: fc.constantFrom('a', 'b', '\0') })
    const key = fc.oneof({ weight: 3, arbitrary: short }, { weight: 1, arbitrary: fc.constantFrom(...longKeys) })
    const step = fc.record({
      do: fc.constantFrom('put', 'put', 'put', 'delete', 'mark', 'rollback', 'commit', 'abort'),
      outer: key,
      inner: key,
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { backing, after } = open()
        const store = new PrefixedStore(0, backing)
        const { table } = store
        let rows = new Set<string>()
        let marked = rows
        let committed = rows
        const made = new PrefixedKey()
        for (const { do: what, outer, inner } of steps) {
          made.set(bytes(outer), outer.length, bytes(inner), inner.length)
          const name = JSON.stringify([outer, inner])
          if (what === 'put') {
            table.setNull(table.insert(made.bytes, 0, made.length, 0))
            rows = new Set([...rows, name])
          } else if (what === 'delete') {
            const slot = table.find(made.bytes, 0, made.length)
            if (slot >= 0) table.delete(slot)
            rows = new Set([...rows].filter((other) => other !== name))
          } else {
            table[what]()
            after(what)
            if (what === 'rollback') rows = marked
            if (what === 'abort') rows = committed
            if (what === 'commit') committed = rows
            marked = rows
          }
          for (const one of [outer, 'a', 'b', '']) {
            const found = store.all(bytes(one), 0, one.length).map((slot) => {
              return table.keyBuffer(slot).toString('latin1', store.innerStart(slot), table.keyEnd(slot))
            })
            const expected = [...rows].map((row) => JSON.parse(row) as [string, string])
            expect(found).toEqual(expected.flatMap(([of, own]) => (of === one ? [own] : [])).sort())
          }
        }
      }),
      { numRuns },
    )
  })
})
