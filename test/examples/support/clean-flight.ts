import { scheduledInstant, type Row } from '../../../examples/flights/flights-csv.js'
import type { CleanFlight } from '../../../generated/flights/schemas.js'

/** What the first pipeline makes of a row. */
export function clean(row: Row): CleanFlight {
  const scheduled = scheduledInstant(row)
  const departure = scheduled + Number(row.dep_delay) * 60_000
  return {
    id: `${row.carrier}${row.flight}@${scheduled}`,
    carrier: row.carrier,
    tailnum: row.tailnum,
    origin: row.origin as 'EWR' | 'JFK' | 'LGA',
    dest: row.dest,
    scheduled: new Date(scheduled),
    departure: new Date(departure),
    arrival: new Date(departure + Number(row.air_time) * 60_000),
    departureDelay: Number(row.dep_delay),
    arrivalDelay: Number(row.arr_delay),
    distance: Number(row.distance),
  }
}
