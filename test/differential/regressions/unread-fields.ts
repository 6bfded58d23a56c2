/** A method is called on a field whose result nobody reads: without dead-code removal the call stays, without its field. */
import { oneSource } from './one-source.js'

export const unreadFields = oneSource(
  'unreadFields',
  [
    { name: 'id', type: 'string' },
    { name: 'note', type: 'string' },
  ],
  `  p.stream(topic('unreadFields-in', { key: string() }))
    .map(({ id, note }) => ({ id, first: note.trim().at(0) ?? '' }))
    .map((v) => v.id)
    .to(topic('unreadFields-out', { key: string(), value: string() }))`,
)
