/** The greatest timestamp that an operator has seen, by partition: each task has a time of its own. */
import type { Journal } from './journal.js'

/** Before the first record. */
export const BEFORE_TIME = -1

export class StreamTime {
  readonly #times = new Map<number, number>()

  constructor(readonly journal: Journal) {}

  at(partition: number): number {
    return this.#times.get(partition) ?? BEFORE_TIME
  }

  /** Time never goes back. */
  advance(partition: number, timestamp: number): number {
    const before = this.at(partition)
    if (timestamp <= before) return before
    this.journal.add(() => this.#times.set(partition, before))
    this.#times.set(partition, timestamp)
    return timestamp
  }
}

/** Of the input that is furthest ahead; an input without records has no time. */
export function latestOf(times: readonly (StreamTime | undefined)[], partition: number): number {
  return Math.max(BEFORE_TIME, ...times.flatMap((time) => time?.at(partition) ?? []))
}
