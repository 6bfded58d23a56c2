/** The option `--from` of `tail`. */
import type { ReadFrom } from '../../runtime/kafka/tools/read-records.js'
import { UsageError } from '../usage-error.js'

/** `beginning`, `end`, `-10` (the last ten of each partition), `42` (an offset), or an ISO 8601 time. */
export function parseFrom(text: string): ReadFrom {
  if (text === 'beginning' || text === 'earliest') return { kind: 'earliest' }
  if (text === 'end' || text === 'latest') return { kind: 'latest' }
  if (/^-\d+$/.test(text)) return { kind: 'last', count: -Number(text) }
  if (/^\d+$/.test(text)) return { kind: 'offset', offset: Number(text) }
  const timestamp = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : NaN
  if (!Number.isNaN(timestamp)) return { kind: 'time', timestamp }
  throw new UsageError(
    `--from ${text} is not understood`,
    'beginning, end, -10, an offset, or a time: 2026-01-31T12:00Z',
  )
}
