/**
 * Stream time of a processor's task, and when its punctuation is due: a row of its own, so that it is committed, undone
 * and restored as state is.
 */
import type { Table } from '../state/table.js'

const KEY = Buffer.from('time')

/** Columns of the row. */
const NOW = 0
const STREAM_DUE = 1
const WALL_DUE = 2
const NEVER = -1

const COLUMNS = 3

export class ProcessorTime {
  readonly #table: Table
  /** The only row, once it was seen. */
  #slot = -1

  constructor(table: Table) {
    this.#table = table
  }

  /** Stream time; -1 before the first record. */
  get now(): number {
    return this.#number(NOW)
  }

  /** When the next punctuation in stream time is due; -1: with the first record. */
  get streamDue(): number {
    return this.#number(STREAM_DUE)
  }

  /** When the next one by the wall clock was to be due; -1: there was none. */
  get wallDue(): number {
    return this.#number(WALL_DUE)
  }

  /** Time never goes back. */
  advance(timestamp: number): void {
    if (timestamp > this.now) this.#set(NOW, timestamp)
  }

  setStreamDue(time: number): void {
    this.#set(STREAM_DUE, time)
  }

  setWallDue(time: number): void {
    this.#set(WALL_DUE, time)
  }

  #number(column: number): number {
    const slot = this.#find()
    return slot < 0 ? NEVER : this.#table.number(slot, column)
  }

  #set(column: number, time: number): void {
    const table = this.#table
    let slot = this.#find()
    if (slot < 0) {
      slot = table.insert(KEY, 0, KEY.length, 0)
      for (let each = 0; each < COLUMNS; each++) table.setNumber(slot, each, NEVER)
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
