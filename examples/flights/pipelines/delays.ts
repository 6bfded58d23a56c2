/**
 * What the clean flights say together: departures and mean delay per origin and hour, when the hour is over, and each
 * flight with the names of its airline, aircraft and destination.
 */
import { json, nullable, pipeline, string, topic, tumbling } from 'millrace'
import type { CleanFlight } from '../../../generated/flights/schemas.js'
import { airlines, airports, planes } from './reference.js'

/** Event time is the scheduled departure: that is the hour a flight counts for. */
export const cleanFlights = topic('flights-clean', { timestamp: (flight: CleanFlight) => flight.scheduled })

/** An hour of an airport. */
export interface HourOfDepartures {
  readonly origin: string
  /** When it began, in ms since the epoch. */
  readonly hour: number
  readonly departures: number
  /** Minutes. */
  readonly meanDelay: number
}

export interface NamedFlight {
  readonly id: string
  readonly airline: string | null
  readonly aircraft: string | null
  readonly seats: number | null
  readonly destination: string | null
  readonly arrivalDelay: number
}

export const departuresPerHour = topic('departures-per-hour', { key: string(), value: json<HourOfDepartures>() })
export const namedFlights = topic('flights-named', { key: nullable(string()), value: json<NamedFlight>() })

export const delays = pipeline('delays', (p) => {
  const flights = p.stream(cleanFlights)

  flights
    .groupBy((flight) => flight.origin, { name: 'by-origin' })
    .windowedBy(tumbling('1h', { grace: '10m', emit: 'final' }))
    .aggregate(
      () => ({ departures: 0, delay: 0 }),
      (hour, flight) => ({ departures: hour.departures + 1, delay: hour.delay + flight.departureDelay }),
      { name: 'hours' },
    )
    .toStream()
    .mapRecord(({ departures, delay }, { key }) => ({
      key: key.key,
      value: { origin: key.key, hour: key.start, departures, meanDelay: delay / departures },
    }))
    .to(departuresPerHour)

  // Aircraft share the key of the flights; airlines are met by carrier, behind an exchange; airports are everywhere.
  flights
    .leftJoin(p.table(planes, { name: 'planes' }), (flight, plane) => ({
      id: flight.id,
      carrier: flight.carrier,
      dest: flight.dest,
      arrivalDelay: flight.arrivalDelay,
      aircraft: plane === undefined ? null : `${plane.manufacturer} ${plane.model}`,
      seats: plane?.seats ?? null,
    }))
    .selectKey((flight) => flight.carrier, { name: 'by-carrier' })
    .leftJoin(p.table(airlines, { name: 'airlines' }), (flight, airline) => ({
      id: flight.id,
      dest: flight.dest,
      arrivalDelay: flight.arrivalDelay,
      aircraft: flight.aircraft,
      seats: flight.seats,
      airline: airline?.name ?? null,
    }))
    .leftJoin(
      p.globalTable(airports),
      (flight) => flight.dest,
      ({ id, airline, aircraft, seats, arrivalDelay }, airport) => ({
        id,
        airline,
        aircraft,
        seats,
        destination: airport?.name ?? null,
        arrivalDelay,
      }),
    )
    .to(namedFlights)
})
