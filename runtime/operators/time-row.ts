/** Times of an operator, as the only row of a table of their own: so they are committed, undone and restored as state is. */
import type { Table } from '../state/table.js'

/** Before the first record. */
export const BEFORE_TIME = -1

const KEY = Buffer.from('time')

export class TimeRow {
  readonly #table: Table
  /** The row, once it was seen. */
  #slot = -1

  constructor(table: Table) {
    this.#table = table
  }

  get columns(): number {
    return this.#table.columns
  }

  /** BEFORE_TIME until it is set. */
  get(column: number): number {
    const slot = this.#find()
    return slot < 0 ? BEFORE_TIME : this.#table.number(slot, column)
  }

  set(column: number, time: number): void {
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
