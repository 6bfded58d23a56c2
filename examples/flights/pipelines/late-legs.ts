/** Aircraft that were late three times in a row: a pattern over records of one key, which no operator says. */
import { avro, json, pipeline, string, topic, valueStore } from 'millrace'
import { long, type Double, type Long } from 'millrace/types'
import { cleanFlights } from './delays.js'

/** Minutes of arrival delay from which a leg counts as late. */
const late = 15
const day = 86_400_000

/** Late legs of an aircraft so far, none of the others between them and no day without a leg. */
interface LateLegs {
  readonly flights: readonly string[]
  /** When the last of them was scheduled, ms since the epoch. */
  readonly last: Long
  /** Minutes, of all of them. */
  readonly delay: Double
}

export interface LateAircraft {
  readonly aircraft: string
  /** The three legs in their order. */
  readonly flights: readonly string[]
  /** Minutes that they were late together. */
  readonly delay: number
}

export const lateAircraft = topic('late-aircraft', { key: string(), value: json<LateAircraft>() })

export const lateLegs = pipeline('late-legs', (p) => {
  p.stream(cleanFlights)
    .process(
      {
        // The day is counted below, to the millisecond. Rows only have to be there for so long.
        stores: { late: valueStore({ value: avro<LateLegs>(), ttl: '2d' }) },
        process({ id, arrivalDelay }, { key, timestamp }, { stores }) {
          if (key === null) return
          if (arrivalDelay < late) {
            stores.late.clear()
            return
          }
          const before = stores.late.get()
          const goesOn = before !== undefined && timestamp - before.last <= day
          const flights = goesOn ? [...before.flights, id] : [id]
          const delay = (goesOn ? before.delay : 0) + arrivalDelay
          stores.late.set({ flights, last: long(timestamp), delay })
          // A fourth and fifth belong to what was told with the third.
          return flights.length === 3 ? [{ key, value: { aircraft: key, flights, delay } }] : []
        },
      },
      { name: 'in-a-row' },
    )
    .to(lateAircraft)
})
