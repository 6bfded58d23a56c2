/** A report of each day (UTC): the ten routes with the worst delays. */
import { avg, count, json, pipeline, string, topic, topK, tumbling } from 'millrace'
import { cleanFlights } from './delays.js'

/** Routes with fewer arrivals a day are an accident, not a report. */
const fewest = 3

export interface DelayedRoute {
  readonly route: string
  readonly flights: number
  /** Minutes late at the destination. */
  readonly meanDelay: number
}

export interface Report {
  /** Worst first. */
  readonly worst: readonly DelayedRoute[]
}

/** Keys are days, `2013-01-31`; the last report of a day is the one that counts. */
export const reports = topic('delay-reports', { key: string(), value: json<Report>() })

export const report = pipeline('report', (p) => {
  p.stream(cleanFlights)
    .groupBy((flight) => `${flight.origin}-${flight.dest}`, { name: 'by-route' })
    .windowedBy(tumbling('1d', { grace: '1h', emit: 'final' }))
    .aggregate({ flights: count(), meanDelay: avg((flight) => flight.arrivalDelay) }, { name: 'route-days' })
    .toStream()
    .filter((day) => day.flights >= fewest)
    .mapRecord(({ flights, meanDelay }, { key: { key, start } }) => ({
      key: new Date(start).toISOString().slice(0, 10),
      value: { route: key, flights, meanDelay },
    }))
    // Routes are done with a day when their partition is: no window waits for them all, the report grows.
    .groupByKey({ name: 'by-day' })
    .aggregate(
      {
        worst: topK(
          10,
          (route) => route,
          (route) => route.meanDelay,
        ),
      },
      { name: 'reports' },
    )
    .toStream()
    .to(reports)
})
