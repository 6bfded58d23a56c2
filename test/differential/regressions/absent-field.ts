/** Whether a field is there that cannot be absent is asked: its bytes are not looked at, nor those before it. */
import { oneSource } from './one-source.js'

export const absentField = oneSource(
  'absentField',
  [
    { name: 'id', type: 'string' },
    { name: 'note', type: 'string' },
  ],
  `  p.stream(topic('absentField-in', { key: string() }))
    .peek((v) => void (v.note == null))
    .map(() => 'seen')
    .to(topic('absentField-out', { key: string(), value: string() }))`,
)
