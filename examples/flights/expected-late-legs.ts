/** What the pipeline of late legs must write, from rows of the CSV file with nothing of millrace. */
import { groupBy } from './expected-paths.js'
import { scheduledInstant, type Row } from './flights-csv.js'
import type { LateAircraft } from './pipelines/late-legs.js'

const day = 86_400_000

/** The first three of each run of late legs; a leg in time ends a run, and so does more than a day between two legs. */
export function expectedLateAircraft(arrived: readonly Row[]): LateAircraft[] {
  return [...groupBy(arrived, (row) => row.tailnum)].flatMap(([aircraft, legs]) =>
    runsOf(legs)
      .filter((run) => run.length >= 3)
      .map((run) => run.slice(0, 3))
      .map((run) => ({
        aircraft,
        flights: run.map((row) => `${row.carrier}${row.flight}@${scheduledInstant(row)}`),
        delay: run.reduce((sum, row) => sum + Number(row.arr_delay), 0),
      })),
  )
}

function runsOf(legs: readonly Row[]): Row[][] {
  const runs: Row[][] = []
  for (const [i, leg] of legs.entries()) {
    if (!isLate(leg)) continue
    const before = legs[i - 1]
    const isNext = before !== undefined && isLate(before) && scheduledInstant(leg) - scheduledInstant(before) <= day
    if (isNext) runs.at(-1)?.push(leg)
    else runs.push([leg])
  }
  return runs
}

const isLate = (row: Row): boolean => Number(row.arr_delay) >= 15
