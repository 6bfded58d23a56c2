/** The weather in which each flight departed, and what kinds of weather do to delays. */
import { avg, count, json, pipeline, string, topic } from 'millrace'
import type { CleanFlight } from '../../../generated/flights/schemas.js'

/** Read as of its departure here: that is the weather it met. */
export const departures = topic('flights-clean', { timestamp: (flight: CleanFlight) => flight.departure })

/** An observation at an airport, which holds until the next one. */
export interface Weather {
  /** ms since the epoch. */
  readonly observed: number
  /** Miles. */
  readonly visibility: number
  /** Inches in the hour. */
  readonly precipitation: number
  /** Miles per hour; not every observation has it. */
  readonly windSpeed: number | null
}

/** Keys are the three origins. */
export const weather = topic('weather', {
  key: string(),
  value: json<Weather>(),
  timestamp: ({ observed }: Weather) => observed,
})

export interface FlightInWeather {
  readonly id: string
  readonly departureDelay: number
  /** When the weather was observed that it departed in; null: nothing is known of so long ago. */
  readonly observed: number | null
  readonly conditions: string
}

/** Of all departures in conditions of one kind. */
export interface DelayInConditions {
  readonly departures: number
  readonly meanDelay: number
}

export const flightsInWeather = topic('flights-in-weather', { key: string(), value: json<FlightInWeather>() })
export const delaysByConditions = topic('delays-by-conditions', { key: string(), value: json<DelayInConditions>() })

export const weatherPipeline = pipeline('weather', (p) => {
  // What departed before an observation must not meet it, whichever of the two is read first: all observations of a
  // month are kept, and a flight waits an hour for its own.
  const observations = p.table(weather, { name: 'observations', versioned: { history: '40d' } })

  const met = p
    .stream(departures)
    .selectKey((flight): string => flight.origin)
    .leftJoin(
      observations,
      ({ id, departureDelay }, now) => ({
        id,
        departureDelay,
        observed: now?.observed ?? null,
        conditions: now === undefined ? 'unknown' : conditionsOf(now),
      }),
      { name: 'as-of-departure', grace: '1h' },
    )
  met.to(flightsInWeather)

  met
    .groupBy((flight) => flight.conditions, { name: 'by-conditions' })
    .aggregate({ departures: count(), meanDelay: avg((flight) => flight.departureDelay) }, { name: 'conditions' })
    .toStream()
    .to(delaysByConditions)
})

function conditionsOf({ visibility, precipitation, windSpeed }: Weather): string {
  if (visibility < 3) return 'poor visibility'
  if (precipitation > 0) return 'rain or snow'
  return windSpeed !== null && windSpeed >= 20 ? 'wind' : 'fair'
}
