/** Deletes rows that were not changed for too long: the row's timestamp is the stream time of its last change. */
import type { Backing, RowTimes } from './backing.js'
import type { Table } from './table.js'

/** Into so many parts the time that rows are kept is divided. */
const BUCKETS = 64

export class Expiry {
  readonly #table: Table
  readonly #ttlMs: number
  readonly #times: RowTimes

  constructor(backing: Backing, ttlMs: number) {
    const { table } = backing
    this.#table = table
    this.#ttlMs = ttlMs
    const order = { timeOf: (slot: number) => table.timestamp(slot), compare: () => 0, byTimestamp: true }
    this.#times = backing.times(order, Math.max(1, Math.ceil(ttlMs / BUCKETS)))
  }

  /** Deletes what is due at a stream time. */
  expire(streamTime: number): void {
    const before = streamTime - this.#ttlMs + 1
    for (let slot = this.#times.anyBefore(before); slot >= 0; slot = this.#times.anyBefore(before)) {
      this.#table.delete(slot)
    }
  }
}
