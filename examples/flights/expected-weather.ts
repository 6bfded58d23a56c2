/** What the pipeline of the weather must write, from the CSV files with nothing of millrace. */
import { groupBy } from './expected-paths.js'
import { scheduledInstant, type Row } from './flights-csv.js'
import type { DelayInConditions, FlightInWeather, Weather } from './pipelines/weather.js'
import type { readWeather } from './reference-csv.js'

/** Each flight with the last observation at its origin that is not after its departure. */
export function expectedWeather(
  arrived: readonly Row[],
  observations: ReturnType<typeof readWeather>,
): FlightInWeather[] {
  const byOrigin = groupBy(observations, ({ origin }) => origin)
  return arrived.map((row) => {
    const departed = scheduledInstant(row) + Number(row.dep_delay) * 60_000
    const at = (byOrigin.get(row.origin) ?? []).findLast(({ weather }) => weather.observed <= departed)
    return {
      id: `${row.carrier}${row.flight}@${scheduledInstant(row)}`,
      departureDelay: Number(row.dep_delay),
      observed: at?.weather.observed ?? null,
      conditions: at === undefined ? 'unknown' : conditions(at.weather),
    }
  })
}

export function expectedConditions(flights: readonly FlightInWeather[]): Record<string, DelayInConditions> {
  const kinds = [...groupBy(flights, (flight) => flight.conditions)]
  return Object.fromEntries(
    kinds.map(([kind, all]) => {
      const total = all.reduce((sum, flight) => sum + flight.departureDelay, 0)
      return [kind, { departures: all.length, meanDelay: total / all.length }]
    }),
  )
}

function conditions({ visibility, precipitation, windSpeed }: Weather): string {
  if (visibility < 3) return 'poor visibility'
  if (precipitation > 0) return 'rain or snow'
  return (windSpeed ?? 0) >= 20 ? 'wind' : 'fair'
}
