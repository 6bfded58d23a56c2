/**
 * I3: records of a key come out in the order in which they went in. Under at-least-once some come again, from several
 * processes even; so the first time of each counts.
 */
import type { History, LoggedRecord } from '../history.js'
import { groupBy, some, topicOf, type Violation } from './violation.js'

/** The first of each: what its writer has sent once may stand in the input twice. */
const placesOf = (records: readonly LoggedRecord[]): ReadonlyMap<string, number> => {
  const places = new Map<string, number>()
  for (const { value } of records) if (!places.has(value)) places.set(value, places.size)
  return places
}

export const order = (history: History): readonly Violation[] => {
  const input = groupBy(topicOf(history, 'input'), ({ key }) => key)
  const output = groupBy(topicOf(history, 'output'), ({ key }) => key)
  const wrong: string[] = []
  for (const [key, records] of output) {
    const places = placesOf(input.get(key) ?? [])
    let latest = -1
    for (const { value } of records) {
      const place = places.get(value)
      if (place === undefined) {
        wrong.push(`${value} of key ${key} is not in the input`)
        continue
      }
      // Never over something that has not come yet.
      if (place > latest + 1) wrong.push(`${value} of key ${key}`)
      latest = Math.max(latest, place)
    }
  }
  const partitions = [...output].filter(([, records]) => new Set(records.map(({ partition }) => partition)).size > 1)
  return [
    ...(wrong.length === 0 ? [] : [{ invariant: 'I3', message: `out of order: ${some(wrong)}` } as const]),
    ...(partitions.length === 0
      ? []
      : [{ invariant: 'I3', message: `keys in several partitions: ${some(partitions.map(([key]) => key))}` } as const]),
  ]
}
