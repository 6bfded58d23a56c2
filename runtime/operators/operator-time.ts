/**
 * Stream time of an operator: the greatest timestamp that has come to it, and up to where final results have gone out. A
 * row of its own, so that it is committed, undone and restored as state is. The inputs of a cogroup have a time each.
 */
import type { Table } from '../state/table.js'

/** Before the first record. */
const BEFORE_TIME = -1
const NOW = 0
const EMITTED = 1

const KEY = Buffer.from('time')

export class OperatorTime {
  /** `latest` before the last `advance`. */
  before = BEFORE_TIME
  readonly #table: Table
  /** Of the input that advanced last. */
  #column = NOW
  /** The only row of the table, once it was seen. */
  #slot = -1

  constructor(table: Table) {
    this.#table = table
  }

  get now(): number {
    return this.#number(this.#column)
  }

  get emitted(): number {
    return this.#number(EMITTED)
  }

  /** Of the input that is furthest ahead. */
  get latest(): number {
    let latest = this.#number(NOW)
    for (let column = EMITTED + 1; column < this.#table.columns; column++) {
      latest = Math.max(latest, this.#number(column))
    }
    return latest
  }

  /** Time never goes back. `input`: which one of a cogroup. */
  advance(timestamp: number, input = 0): number {
    this.before = this.latest
    this.#column = input === 0 ? NOW : EMITTED + input
    const { now } = this
    if (timestamp <= now) return now
    this.#set(this.#column, timestamp)
    return timestamp
  }

  /** The times of all inputs that had records; never back. */
  advanceAll(time: number): void {
    for (let column = NOW; column < this.#table.columns; column++) {
      if (column === EMITTED) continue
      const now = this.#number(column)
      if (now === BEFORE_TIME) continue
      this.#column = column
      if (time > now) this.#set(column, time)
    }
  }

  emit(time: number): void {
    this.#set(EMITTED, time)
  }

  #number(column: number): number {
    const slot = this.#find()
    return slot < 0 ? BEFORE_TIME : this.#table.number(slot, column)
  }

  #set(column: number, time: number): void {
    const table = this.#table
    let slot = this.#find()
    if (slot < 0) {
      slot = table.insert(KEY, 0, KEY.length, 0)
      for (let each = 0; each < table.columns; each++) table.setNumber(slot, each, BEFORE_TIME)
      this.#slot = slot
    }
    table.setNumber(slot, column, time)
  }

  /** A row that was undone is looked for again. */
  #find(): number {
    const table = this.#table
    if (table.size === 0) return -1
    if (this.#slot < 0 || !table.isLive(this.#slot)) this.#slot = table.find(KEY, 0, KEY.length)
    return this.#slot
  }
}
