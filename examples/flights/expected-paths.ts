/** What the pipeline of paths must write, from rows of the CSV file with nothing of millrace. */
import { scheduledInstant, type Row } from './flights-csv.js'
import type { Path } from './pipelines/paths.js'

const gap = 8 * 3_600_000

/** Of each aircraft, departures with at most eight hours between one and the next. */
export function expectedPaths(arrived: readonly Row[]): Path[] {
  return [...groupBy(arrived, (row) => row.tailnum)].flatMap(([aircraft, rows]) => {
    const sorted = rows.toSorted((a, b) => scheduledInstant(a) - scheduledInstant(b))
    const days: Row[][] = []
    for (const [i, row] of sorted.entries()) {
      const before = sorted[i - 1]
      if (before !== undefined && scheduledInstant(row) - scheduledInstant(before) <= gap) days.at(-1)?.push(row)
      else days.push([row])
    }
    return days.map((day) => pathOf(aircraft, day))
  })
}

/** How often each path of two and more legs was flown. */
export function expectedPathCounts(paths: readonly Path[]): Record<string, { readonly times: number }> {
  const flown = groupBy(
    paths.filter((path) => path.legs.length > 1),
    (path) => path.route,
  )
  return Object.fromEntries([...flown].map(([route, all]) => [route, { times: all.length }]))
}

function pathOf(aircraft: string, day: readonly Row[]): Path {
  const times = day.map(scheduledInstant)
  const delays = day.map((row) => Number(row.arr_delay))
  return {
    aircraft,
    begins: Math.min(...times),
    ends: Math.max(...times),
    legs: day.map((row) => ({
      flight: `${row.carrier}${row.flight}@${scheduledInstant(row)}`,
      route: `${row.origin}-${row.dest}`,
      scheduled: scheduledInstant(row),
      arrivalDelay: Number(row.arr_delay),
    })),
    route: day.map((row) => `${row.origin}-${row.dest}`).join(' '),
    lost: (delays.at(-1) ?? 0) - (delays[0] ?? 0),
  }
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}
