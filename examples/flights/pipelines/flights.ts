/**
 * Flights out of New York: cleaned, timed in UTC, routed by origin and by delay, and turned into events of aircraft.
 */
import { otherwise, pipeline, topic } from 'millrace'
import type { Flight } from '../../../generated/flights/schemas.js'
import { departureInstant, nextInstant } from './local-time.js'

/** Minutes of arrival delay from which a flight counts as late, and as very late. */
const late = 15
const veryLate = 60

/** Keys are tail numbers; a cancelled flight may have none. */
const flights = topic('flights', { timestamp: (flight) => flight.timeHour.getTime() + flight.minute * 60_000 })

type Departed = Flight & { readonly depTime: number }
type Arrived = Departed & { readonly arrTime: number; readonly airTime: number }

export const flightsPipeline = pipeline('flights', { onError: { deadLetter: 'flights-dead-letters' } }, (p) => {
  const { cancelled, arrived, diverted } = p.stream(flights).split({
    cancelled: (flight) => flight.depTime === null,
    arrived: (flight): flight is Arrived =>
      flight.depTime !== null && flight.arrTime !== null && flight.airTime !== null,
    diverted: otherwise,
  })

  cancelled.map(plan).to(topic('flights-cancelled'))
  diverted.map(plan).to(topic('flights-diverted'))

  const clean = arrived.map((flight) => {
    const scheduled = flight.timeHour.getTime() + flight.minute * 60_000
    const departure = departureInstant(scheduled, flight.schedDepTime, flight.depTime)
    const arrival = nextInstant(departure, flight.dest, flight.arrTime)
    const scheduledArrival = nextInstant(scheduled, flight.dest, flight.schedArrTime)
    return {
      id: `${flight.carrier}${flight.flight}@${scheduled}`,
      carrier: flight.carrier,
      tailnum: flight.tailnum,
      origin: flight.origin,
      dest: flight.dest,
      scheduled: new Date(scheduled),
      departure: new Date(departure),
      arrival: new Date(arrival),
      departureDelay: (departure - scheduled) / 60_000,
      arrivalDelay: (arrival - scheduledArrival) / 60_000,
      distance: flight.distance,
    }
  })
  clean.to(topic('flights-clean'))

  const byOrigin = clean.split({
    EWR: (flight) => flight.origin === 'EWR',
    JFK: (flight) => flight.origin === 'JFK',
    LGA: otherwise,
  })
  byOrigin.EWR.to(topic('flights-ewr'))
  byOrigin.JFK.to(topic('flights-jfk'))
  byOrigin.LGA.to(topic('flights-lga'))

  const byDelay = clean.split({
    onTime: (flight) => flight.arrivalDelay < late,
    late: (flight) => flight.arrivalDelay < veryLate,
    veryLate: otherwise,
  })
  byDelay.onTime.map(summary).to(topic('flights-on-time'))
  byDelay.late.map(summary).to(topic('flights-late'))
  byDelay.veryLate.map(summary).to(topic('flights-very-late'))

  clean
    .flatMap((flight) => [
      {
        flight: flight.id,
        kind: 'DEPARTED' as const,
        airport: flight.origin,
        at: flight.departure,
        delay: flight.departureDelay,
      },
      {
        flight: flight.id,
        kind: 'ARRIVED' as const,
        airport: flight.dest,
        at: flight.arrival,
        delay: flight.arrivalDelay,
      },
    ])
    .to(topic('flight-events'), { timestamp: (event) => event.at.getTime() })
})

function summary(flight: { id: string; carrier: string; dest: string; arrivalDelay: number }) {
  const { id, carrier, dest, arrivalDelay } = flight
  return { id, carrier, dest, arrivalDelay }
}

/** What was meant to happen, for flights that did not arrive. */
function plan({ carrier, flight, origin, dest, timeHour, minute }: Flight) {
  return { carrier, flight, origin, dest, scheduled: new Date(timeHour.getTime() + minute * 60_000) }
}
