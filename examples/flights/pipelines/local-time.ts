/** From local times of day to instants. */
import { offsetAt } from './zones.js'

const minute = 60_000
const day = 24 * 60 * minute
/** Departures before the schedule are rare and small: a departure earlier than this belongs to the next day. */
const earliest = -60 * minute

/** Minutes since midnight of a local time written as hhmm; 2400 is midnight at the end of the day. */
export function minutesOfDay(hhmm: number): number {
  const hours = Math.floor(hhmm / 100)
  const minutes = hhmm % 100
  if (hhmm < 0 || hhmm > 2400 || minutes > 59) throw new Error(`${hhmm} is no time of day`)
  return hours * 60 + minutes
}

/** Instant of a real departure, from its scheduled instant and both local times. */
export function departureInstant(scheduled: number, schedDepTime: number, depTime: number): number {
  const delay = (minutesOfDay(depTime) - minutesOfDay(schedDepTime)) * minute
  return delay < earliest ? scheduled + delay + day : scheduled + delay
}

/** First instant not before `after` at which the clock at the airport shows that local time. */
export function nextInstant(after: number, airport: string, hhmm: number): number {
  const offset = offsetAt(airport, after) * minute
  const midnight = Math.floor((after + offset) / day) * day - offset
  const instant = midnight + minutesOfDay(hhmm) * minute
  return instant < after ? instant + day : instant
}
