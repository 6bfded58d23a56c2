/** A loop over an array that looks at no item: demand once was the length alone, which cannot be iterated. */
import { oneSource } from './one-source.js'

export const loopWithoutItem = oneSource(
  'loopWithoutItem',
  [
    { name: 'flag', type: 'boolean' },
    { name: 'items', type: { type: 'array', items: 'long' } },
  ],
  `  p.stream(topic('loopWithoutItem-in', { key: string() }))
    .map((v) => {
      let count = 0
      for (const _ of v.items) {
        if (v.flag) break
        count += 2
      }
      return count
    })
    .to(topic('loopWithoutItem-out', { key: string(), value: double() }))`,
)
