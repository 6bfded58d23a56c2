/**
 * Stream time of an operator: the greatest timestamp that has come to it, and up to where final results have gone out. A
 * row of its own, so that it is committed, undone and restored as state is.
 */
import type { Table } from '../state/table.js'

/** Before the first record. */
const BEFORE_TIME = -1
const NOW = 0
const EMITTED = 1

const KEY = Buffer.from('time')

export class OperatorTime {
  /** Before the last `advance`. */
  before = BEFORE_TIME
  readonly #table: Table
  /** The only row of the table, once it was seen. */
  #slot = -1

  constructor(table: Table) {
    this.#table = table
  }

  get now(): number {
    return this.#number(NOW)
  }

  get emitted(): number {
    return this.#number(EMITTED)
  }

  /** Time never goes back. */
  advance(timestamp: number): number {
    this.before = this.now
    if (timestamp <= this.before) return this.before
    this.#set(NOW, timestamp)
    return timestamp
  }

  emit(time: number): void {
    this.#set(EMITTED, time)
  }

  #number(column: number): number {
    const slot = this.#find()
    return slot < 0 ? BEFORE_TIME : this.#table.number(slot, column)
  }

  #set(column: number, time: number): void {
    let slot = this.#find()
    if (slot < 0) {
      slot = this.#table.insert(KEY, 0, KEY.length, 0)
      this.#table.setNumber(slot, NOW, BEFORE_TIME)
      this.#table.setNumber(slot, EMITTED, BEFORE_TIME)
      this.#slot = slot
    }
    this.#table.setNumber(slot, column, time)
  }

  /** A row that was undone is looked for again. */
  #find(): number {
    const table = this.#table
    if (table.size === 0) return -1
    if (this.#slot < 0 || !table.isLive(this.#slot)) this.#slot = table.find(KEY, 0, KEY.length)
    return this.#slot
  }
}
