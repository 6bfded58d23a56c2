/** I1: what was acknowledged comes out. I2: and no more often than it went in. I6: nothing of an aborted transaction. */
import type { History, LoggedRecord } from '../history.js'
import { countBy, some, topicOf, type Violation } from './violation.js'

const valuesOf = (records: readonly LoggedRecord[]): string[] => records.map(({ value }) => value)

export const lost = (history: History): readonly Violation[] => {
  const input = countBy(valuesOf(topicOf(history, 'input')))
  const output = countBy(valuesOf(topicOf(history, 'output')))
  const acked = history.flatMap((entry) => (entry.op === 'acked' ? entry.values : []))
  const notKept = acked.filter((value) => !input.has(value))
  const missing = [...input.keys()].filter((value) => !output.has(value))
  const violations: Violation[] = []
  if (notKept.length > 0) {
    violations.push({ invariant: 'I1', message: `acknowledged and not in the input topic: ${some(notKept)}` })
  }
  if (missing.length > 0) violations.push({ invariant: 'I1', message: `never came out: ${some(missing)}` })
  return violations
}

export const twice = (history: History): readonly Violation[] => {
  const input = countBy(valuesOf(topicOf(history, 'input')))
  const output = countBy(valuesOf(topicOf(history, 'output')))
  const more = [...output].filter(([value, count]) => count > (input.get(value) ?? 0)).map(([value]) => value)
  return more.length === 0 ? [] : [{ invariant: 'I2', message: `came out more often than it went in: ${some(more)}` }]
}

const placesOf = (records: readonly LoggedRecord[]): string[] =>
  records.map(({ partition, offset, value }) => `${partition}:${offset} ${value}`)

export const abortedInvisible = (history: History): readonly Violation[] =>
  history.flatMap((entry): readonly Violation[] => {
    if (entry.op !== 'by markers') return []
    const seen = new Set(placesOf(topicOf(history, entry.topic)))
    const decided = new Set(placesOf(entry.records))
    const leaked = [...seen].filter((place) => !decided.has(place))
    const hidden = [...decided].filter((place) => !seen.has(place))
    return [
      ...(leaked.length === 0 ? [] : [{ invariant: 'I6', message: `visible and aborted: ${some(leaked)}` } as const]),
      ...(hidden.length === 0
        ? []
        : [{ invariant: 'I6', message: `committed, not visible: ${some(hidden)}` } as const]),
    ]
  })
