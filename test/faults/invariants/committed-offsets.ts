/** I5: committed is exactly that input whose output is committed, at each moment and at the end. */
import type { Guarantee, History, LoggedRecord, Offsets } from '../history.js'
import { groupBy, some, topicOf, type Violation } from './violation.js'

export const committedAgainstOutputs = (history: History, guarantee: Guarantee): readonly Violation[] => {
  const inputs = groupBy(topicOf(history, 'input'), ({ partition }) => partition)
  const outputs = groupBy(topicOf(history, 'output'), ({ partition }) => partition)
  return history.flatMap((entry): readonly Violation[] => {
    if (entry.op !== 'sample') return []
    const { order, committed } = entry
    // Under at-least-once outputs may be ahead of the offsets.
    if (order === 'outputs first' && guarantee !== 'exactly_once') return []
    const wrong: string[] = []
    for (const [partition, records] of inputs) {
      const upTo = committed[partition] ?? -1
      const seen = new Set(valuesOf(outputs.get(partition)?.slice(0, entry.outputs[partition] ?? 0) ?? []))
      for (const { offset, value } of records) {
        if (order === 'offsets first' ? offset < upTo && !seen.has(value) : offset >= upTo && seen.has(value)) {
          wrong.push(`${partition}:${offset} of ${upTo}`)
        }
      }
    }
    if (wrong.length === 0) return []
    const what = order === 'offsets first' ? 'committed without output' : 'output without its offset'
    return [{ invariant: 'I5', message: `at ${Math.round(entry.at)} ms ${what}: ${some(wrong)}` }]
  })
}

const valuesOf = (records: readonly LoggedRecord[]): string[] => records.map(({ value }) => value)

export const committedAtEnd = (history: History): readonly Violation[] =>
  history.flatMap((entry): readonly Violation[] => {
    if (entry.op !== 'committed') return []
    const wrong = Object.entries(lastOffsets(topicOf(history, 'input')))
      .filter(([partition, last]) => !isAfter(entry.offsets, Number(partition), last))
      .map(([partition, last]) => `${partition}: ${String(entry.offsets[Number(partition)])}, last record ${last}`)
    return wrong.length === 0 ? [] : [{ invariant: 'I5', message: `committed at the end: ${some(wrong)}` }]
  })

/** The input was written without transactions: no markers stand behind its last record. */
const isAfter = (offsets: Offsets, partition: number, last: number): boolean => offsets[partition] === last + 1

const lastOffsets = (records: readonly LoggedRecord[]): Record<number, number> => {
  const last: Record<number, number> = {}
  for (const { partition, offset } of records) last[partition] = Math.max(last[partition] ?? -1, offset)
  return last
}
