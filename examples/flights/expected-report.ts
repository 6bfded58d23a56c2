/** What the report must say, from rows of the CSV file with nothing of millrace. */
import { groupBy } from './expected-paths.js'
import { scheduledInstant, type Row } from './flights-csv.js'
import type { DelayedRoute } from './pipelines/report.js'

/** Routes with at least three arrivals by day (UTC), worst first. */
export function expectedRoutes(arrived: readonly Row[]): Record<string, DelayedRoute[]> {
  const days = groupBy(arrived, (row) => new Date(scheduledInstant(row)).toISOString().slice(0, 10))
  return Object.fromEntries(
    [...days].map(([day, rows]) => {
      const routes = [...groupBy(rows, (row) => `${row.origin}-${row.dest}`)]
        .filter(([, flights]) => flights.length >= 3)
        .map(([route, flights]) => ({
          route,
          flights: flights.length,
          meanDelay: flights.reduce((sum, row) => sum + Number(row.arr_delay), 0) / flights.length,
        }))
      return [day, routes.sort((a, b) => b.meanDelay - a.meanDelay)]
    }),
  )
}
