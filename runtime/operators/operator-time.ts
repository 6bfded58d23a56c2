/**
 * Stream time of an operator: the greatest timestamp that has come to it, and up to where final results have gone out. A
 * row of its own, so that it is committed, undone and restored as state is. The inputs of a cogroup have a time each.
 */
import type { Table } from '../state/table.js'
import { BEFORE_TIME, TimeRow } from './time-row.js'

const NOW = 0
const EMITTED = 1

export class OperatorTime {
  /** `latest` before the last `advance`. */
  before = BEFORE_TIME
  readonly #times: TimeRow
  /** Of the input that advanced last. */
  #column = NOW

  constructor(table: Table) {
    this.#times = new TimeRow(table)
  }

  get now(): number {
    return this.#times.get(this.#column)
  }

  get emitted(): number {
    return this.#times.get(EMITTED)
  }

  /** Of the input that is furthest ahead. */
  get latest(): number {
    let latest = this.#times.get(NOW)
    for (let column = EMITTED + 1; column < this.#times.columns; column++) {
      latest = Math.max(latest, this.#times.get(column))
    }
    return latest
  }

  /** Time never goes back. `input`: which one of a cogroup. */
  advance(timestamp: number, input = 0): number {
    this.before = this.latest
    this.#column = input === 0 ? NOW : EMITTED + input
    const { now } = this
    if (timestamp <= now) return now
    this.#times.set(this.#column, timestamp)
    return timestamp
  }

  /** The times of all inputs that had records; never back. */
  advanceAll(time: number): void {
    for (let column = NOW; column < this.#times.columns; column++) {
      if (column === EMITTED) continue
      const now = this.#times.get(column)
      if (now === BEFORE_TIME) continue
      this.#column = column
      if (time > now) this.#times.set(column, time)
    }
  }

  emit(time: number): void {
    this.#times.set(EMITTED, time)
  }
}
