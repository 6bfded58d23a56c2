/** `typeof` once demanded no more than whether the field is there, and saw an object in its place. */
import { oneSource } from './one-source.js'

export const typeofField = oneSource(
  'typeofField',
  [
    { name: 'count', type: 'int' },
    { name: 'note', type: ['null', 'string'] },
  ],
  `  p.stream(topic('typeofField-in', { key: string() }))
    .map((v) => [typeof v.count, typeof v.note].join())
    .to(topic('typeofField-out', { key: string(), value: string() }))`,
)
