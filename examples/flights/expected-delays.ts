/**
 * What the pipeline of delays must write for the whole month, counted from rows of the CSV files with nothing of
 * millrace: delays are those of the data set.
 */
import { numberOrNull, scheduledInstant, type Row } from './flights-csv.js'
import type { HourOfDepartures, NamedFlight } from './pipelines/delays.js'
import type { readReference } from './reference-csv.js'

const hourLength = 3_600_000

/** Flights that arrived: what topic `flights-clean` holds. */
export function arrivedRows(rows: readonly Row[]): Row[] {
  return rows.filter((row) => numberOrNull(row.dep_time) !== null && numberOrNull(row.arr_delay) !== null)
}

/** Every hour of each origin that has departures. */
export function expectedHours(arrived: readonly Row[]): HourOfDepartures[] {
  const delays = new Map<string, number[]>()
  for (const row of arrived) {
    const instant = scheduledInstant(row)
    const key = `${row.origin} ${instant - (instant % hourLength)}`
    const list = delays.get(key) ?? []
    list.push(Number(row.dep_delay))
    delays.set(key, list)
  }
  return [...delays].map(([key, list]) => {
    const [origin = '', hour] = key.split(' ')
    const meanDelay = list.reduce((sum, delay) => sum + delay, 0) / list.length
    return { origin, hour: Number(hour), departures: list.length, meanDelay }
  })
}

export function expectedNames(arrived: readonly Row[], reference: ReturnType<typeof readReference>): NamedFlight[] {
  return arrived.map((row) => {
    const plane = reference.planes.get(row.tailnum)
    return {
      id: `${row.carrier}${row.flight}@${scheduledInstant(row)}`,
      airline: reference.airlines.get(row.carrier)?.name ?? null,
      aircraft: plane === undefined ? null : `${plane.manufacturer} ${plane.model}`,
      seats: plane?.seats ?? null,
      destination: reference.airports.get(row.dest)?.name ?? null,
      arrivalDelay: Number(row.arr_delay),
    }
  })
}
