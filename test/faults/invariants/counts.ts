/** I4: the store is what folding the committed input gives, and what its changelog gives. */
import type { Guarantee, History } from '../history.js'
import { countBy, groupBy, some, topicOf, type Violation } from './violation.js'

/** The counts that came out: 1, 2, 3, … for each key, once; at least so many under at-least-once. */
export const counts = (history: History, guarantee: Guarantee): readonly Violation[] => {
  const expected = countBy(topicOf(history, 'input').map(({ key }) => key))
  const found = groupBy(topicOf(history, 'counts'), ({ key }) => key)
  const wrong: string[] = []
  for (const [key, total] of expected) {
    const series = (found.get(key) ?? []).map(({ value }) => Number(value))
    const isRight =
      guarantee === 'exactly_once'
        ? series.length === total && series.every((count, index) => count === index + 1)
        : (series.at(-1) ?? 0) >= total
    if (!isRight) wrong.push(`${key}: ${String(series.at(-1))} of ${total} (${series.length} updates)`)
  }
  return wrong.length === 0 ? [] : [{ invariant: 'I4', message: `counts are not those of the input: ${some(wrong)}` }]
}

export const store = (history: History): readonly Violation[] => {
  const expected = countBy(topicOf(history, 'input').map(({ key }) => key))
  return history.flatMap((entry): readonly Violation[] => {
    if (entry.op !== 'store') return []
    const keys = new Set([...expected.keys(), ...Object.keys(entry.counts)])
    const wrong = [...keys].filter((key) => entry.counts[key] !== expected.get(key))
    const said = wrong.map((key) => `${key}: ${String(entry.counts[key])} instead of ${String(expected.get(key))}`)
    return wrong.length === 0 ? [] : [{ invariant: 'I4', message: `the changelog gives another store: ${some(said)}` }]
  })
}
