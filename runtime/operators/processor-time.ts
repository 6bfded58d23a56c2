/** Stream time of a processor's task, and when its punctuation is due. */
import type { Table } from '../state/table.js'
import { TimeRow } from './time-row.js'

/** Columns of the row. */
const NOW = 0
const STREAM_DUE = 1
const WALL_DUE = 2

export class ProcessorTime {
  readonly #times: TimeRow

  constructor(table: Table) {
    this.#times = new TimeRow(table)
  }

  /** Stream time; -1 before the first record. */
  get now(): number {
    return this.#times.get(NOW)
  }

  /** When the next punctuation in stream time is due; -1: with the first record. */
  get streamDue(): number {
    return this.#times.get(STREAM_DUE)
  }

  /** When the next one by the wall clock was to be due; -1: there was none. */
  get wallDue(): number {
    return this.#times.get(WALL_DUE)
  }

  /** Time never goes back. */
  advance(timestamp: number): void {
    if (timestamp > this.now) this.#times.set(NOW, timestamp)
  }

  setStreamDue(time: number): void {
    this.#times.set(STREAM_DUE, time)
  }

  setWallDue(time: number): void {
    this.#times.set(WALL_DUE, time)
  }
}
