/** Times of an operator, as the only row of a table of their own: so they are committed, undone and restored as state is. */
import type { Table } from '../state/table.js'

/** Before the first record. */
export const BEFORE_TIME = -1

const KEY = Buffer.from('time')

export class TimeRow {
  readonly #table: Table
  readonly #times: Float64Array
  /** Of the table, when the times were read. */
  #generation = -1
  /** -1: there is no row yet. */
  #slot = -1

  /** Nobody else writes the table while it is of the same generation. */
  constructor(table: Table) {
    this.#table = table
    this.#times = new Float64Array(table.columns)
  }

  get columns(): number {
    return this.#times.length
  }

  /** BEFORE_TIME until it is set. */
  get(column: number): number {
    if (this.#table.generation !== this.#generation) this.#read()
    return this.#times[column]!
  }

  set(column: number, time: number): void {
    const table = this.#table
    if (table.generation !== this.#generation) this.#read()
    this.#times[column] = time
    if (this.#slot >= 0) {
      table.setNumber(this.#slot, column, time)
      return
    }
    this.#slot = table.insert(KEY, 0, KEY.length, 0)
    for (const [each, value] of this.#times.entries()) table.setNumber(this.#slot, each, value)
  }

  #read(): void {
    const table = this.#table
    this.#generation = table.generation
    this.#slot = table.find(KEY, 0, KEY.length)
    for (let column = 0; column < this.#times.length; column++) {
      this.#times[column] = this.#slot < 0 ? BEFORE_TIME : table.number(this.#slot, column)
    }
  }
}
