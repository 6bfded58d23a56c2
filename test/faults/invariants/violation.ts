import type { History, LoggedRecord } from '../history.js'

export interface Violation {
  readonly invariant: 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8'
  readonly message: string
}

/** At most a few of many, with how many there are. */
export const some = (items: readonly string[]): string =>
  items.length > 5 ? `${items.slice(0, 5).join(', ')} and ${items.length - 5} more` : items.join(', ')

/** A topic as it was at the end; throws when the log lacks it, for then nothing is proven. */
export const topicOf = (history: History, name: 'input' | 'output' | 'counts'): readonly LoggedRecord[] => {
  const entry = history.find((candidate) => candidate.op === 'topic' && candidate.topic === name)
  if (entry?.op !== 'topic') throw new Error(`the log has no topic ${name}`)
  return entry.records
}

export const countBy = (items: Iterable<string>): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1)
  return counts
}

export const groupBy = <K, T>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> => {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}
