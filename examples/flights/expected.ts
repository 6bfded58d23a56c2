/**
 * How many records each topic must hold, counted from the delay columns of the CSV file, which the pipeline never sees:
 * it derives delays from local times and zones.
 */
import { numberOrNull, type Row } from './flights-csv.js'

export function expectedCounts(rows: readonly Row[]): Record<string, number> {
  const counts: Record<string, number> = {}
  const count = (topic: string, by = 1) => (counts[topic] = (counts[topic] ?? 0) + by)
  for (const row of rows) {
    if (row.dep_time === 'NA') {
      count('flights-cancelled')
      continue
    }
    const delay = numberOrNull(row.arr_delay)
    if (delay === null) {
      count('flights-diverted')
      continue
    }
    count('flights-clean')
    count(`flights-${row.origin.toLowerCase()}`)
    count(delay < 15 ? 'flights-on-time' : delay < 60 ? 'flights-late' : 'flights-very-late')
    count('flight-events', 2)
  }
  return counts
}
