/** The order by words against the one by comparing. */
import fc from '../../fast-check.js'
import { expect, test } from 'vitest'
import { sortSlots } from '../../../runtime/state/sort-slots.js'
import { wordAt } from '../../../runtime/state/stored-key.js'

test('rows of one time are ordered by their keys, equal ones as they are compared', () => {
  const key = fc.tuple(
    fc.constantFrom('', 'customer-', 'c'),
    fc.uint8Array({ maxLength: 6 }),
    fc.constantFrom('', '\0', '\0\0\0\0\0'),
  )
  fc.assert(
    fc.property(fc.array(key, { maxLength: 300 }), (drawn) => {
      const keys = drawn.map(([prefix, middle, suffix]) =>
        Buffer.concat([Buffer.from(prefix), middle, Buffer.from(suffix)]),
      )
      const compare = (a: number, b: number): number => Buffer.compare(keys[a]!, keys[b]!) || a - b
      const word = (slot: number, at: number): number => wordAt(keys[slot]!, at, keys[slot]!.length)
      const slots = Int32Array.from(keys, (_, i) => keys.length - 1 - i)
      const expected = [...slots].sort(compare)
      sortSlots(slots, { timeOf: () => 60_000, compare, byTimestamp: false, word })
      expect([...slots]).toEqual(expected)
    }),
    { numRuns: 200 },
  )
})

test('rows of several times are ordered by them first', () => {
  const slots = Int32Array.from({ length: 100 }, (_, i) => i)
  sortSlots(slots, { timeOf: (slot) => -slot, compare: () => 0, byTimestamp: false, word: (slot) => slot })
  expect([...slots]).toEqual(Array.from({ length: 100 }, (_, i) => 99 - i))
})
