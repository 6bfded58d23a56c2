/** The path of each aircraft: its departures from New York with less than eight hours between them, once they are over. */
import { json, pipeline, session, string, topic } from 'millrace'
import { cleanFlights } from './delays.js'

/** One departure of an aircraft. */
export interface Leg {
  readonly flight: string
  readonly route: string
  /** ms since the epoch. */
  readonly scheduled: number
  /** Minutes. */
  readonly arrivalDelay: number
}

/** A day's work of an aircraft, as far as it is seen from New York. */
export interface Path {
  readonly aircraft: string
  readonly begins: number
  readonly ends: number
  readonly legs: readonly Leg[]
  /** Routes in their order: `JFK-BOS JFK-BUF`. */
  readonly route: string
  /** Minutes that its last arrival was later than its first: what it caught up (below 0) or lost on its way. */
  readonly lost: number
}

/** How many aircraft flew a path of two and more legs. */
export interface PathCount {
  readonly times: number
}

export const paths = topic('aircraft-paths', { key: string(), value: json<Path>() })
export const pathCounts = topic('path-counts', { key: string(), value: json<PathCount>() })

export const pathsPipeline = pipeline('paths', (p) => {
  const flown = p
    .stream(cleanFlights)
    .groupByKey()
    .windowedBy(session('8h', { grace: '1h', emit: 'final' }))
    .aggregate(
      (): readonly Leg[] => [],
      (legs, { id, origin, dest, scheduled, arrivalDelay }) =>
        inOrder([...legs, { flight: id, route: `${origin}-${dest}`, scheduled: scheduled.getTime(), arrivalDelay }]),
      { name: 'legs', merge: (earlier, later) => inOrder([...earlier, ...later]) },
    )
    .toStream()
    .mapRecord((legs, { key: { key, start, end } }) => ({
      key,
      value: { aircraft: key, begins: start, ends: end, legs, route: routeOf(legs), lost: lostOn(legs) },
    }))
  flown.to(paths)

  flown
    .filter((path) => path.legs.length > 1)
    .groupBy((path) => path.route, { name: 'by-path' })
    .count({ name: 'times' })
    .toStream()
    .map((times) => ({ times }))
    .to(pathCounts)
})

function inOrder(legs: readonly Leg[]): readonly Leg[] {
  return legs.toSorted((a, b) => a.scheduled - b.scheduled)
}

function routeOf(legs: readonly Leg[]): string {
  return legs.map((leg) => leg.route).join(' ')
}

function lostOn(legs: readonly Leg[]): number {
  const [first, last] = [legs[0], legs.at(-1)]
  return first === undefined || last === undefined ? 0 : last.arrivalDelay - first.arrivalDelay
}
