/** The callback looks at no item: demand once was the length alone, which has no `every`. */
import { oneSource } from './one-source.js'

export const arrayMethods = oneSource(
  'arrayMethods',
  [
    { name: 'flag', type: 'boolean' },
    { name: 'labels', type: { type: 'array', items: 'string' } },
  ],
  `  p.stream(topic('arrayMethods-in', { key: string() }))
    .map((v) => ({ all: v.labels.every(() => v.flag), any: v.labels.some(() => v.flag) }))
    .to(topic('arrayMethods-out', { key: string(), value: json<{ all: boolean; any: boolean }>() }))`,
)
