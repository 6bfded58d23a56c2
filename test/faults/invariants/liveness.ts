/** I7: what is healed goes on within a minute. I8: memory and handles of a process stay where they are. */
import type { Entry, History } from '../history.js'
import { groupBy, type Violation } from './violation.js'

const PROGRESS_MS = 60_000
/** Samples of a process before which nothing is said about its slope. */
const WARM_UP = 10
/** Growth from the first third of the samples to the last. */
const MAX_GROWTH = 1.25
const MAX_MORE_HANDLES = 5

export const progress = (history: History): readonly Violation[] => {
  const healed = history.findLast((entry) => entry.op === 'healed')
  if (healed?.op !== 'healed') return [{ invariant: 'I7', message: 'the run was never healed' }]
  const settled = history.find((entry) => entry.op === 'settled' && entry.at >= healed.at)
  const took = settled?.op === 'settled' ? settled.at - healed.at : Infinity
  if (took <= PROGRESS_MS) return []
  const stuck = history.find((entry) => entry.op === 'stuck')
  const missing = stuck?.op === 'stuck' ? `, ${stuck.missing} records missing` : ''
  return [{ invariant: 'I7', message: `not done within ${PROGRESS_MS / 1000} s after everything was healed${missing}` }]
}

type Usage = Entry & { readonly op: 'usage' }

export const flatUsage = (history: History): readonly Violation[] => {
  const samples = history.filter((entry): entry is Usage => entry.op === 'usage')
  return [...groupBy(samples, ({ process }) => process)].flatMap(([process, all]): readonly Violation[] => {
    const used = all.slice(WARM_UP)
    if (used.length < 6) return []
    const third = Math.floor(used.length / 3)
    const [first, last] = [used.slice(0, third), used.slice(-third)]
    const grown = median(last.map(({ rss }) => rss)) / median(first.map(({ rss }) => rss))
    const more = median(last.map(({ handles }) => handles)) - median(first.map(({ handles }) => handles))
    const violations: Violation[] = []
    if (grown > MAX_GROWTH) violations.push({ invariant: 'I8', message: `${process}: RSS grew by ${grown.toFixed(2)}` })
    if (more > MAX_MORE_HANDLES) violations.push({ invariant: 'I8', message: `${process}: ${more} more handles` })
    return violations
  })
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
