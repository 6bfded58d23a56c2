/**
 * Rows by key that leave in the order of (time, key bytes): what `suppress` holds back. A row's time is its timestamp,
 * given when it is inserted; it keeps its place when its value is replaced. The timestamp of the record that is held
 * back goes into a column.
 */
import type { Backing, RowTimes } from './backing.js'
import { MemoryBacking } from './memory-backing.js'
import type { Table } from './table.js'

export interface TimeBufferOptions {
  /** Numbers of a row. */
  readonly columns?: number
  /** Length of a time bucket, ms: a fraction of how long rows stay. */
  readonly bucketMs: number
}

export class TimeBuffer {
  readonly table: Table
  readonly #times: RowTimes

  constructor(options: TimeBufferOptions, backing: Backing = new MemoryBacking(options.columns ?? 0)) {
    const { table } = backing
    this.table = table
    const timeOf = (slot: number): number => table.timestamp(slot)
    const compare = (a: number, b: number): number => table.compareKeys(a, b)
    this.#times = backing.times({ timeOf, compare, byTimestamp: true }, options.bucketMs)
  }

  get allocatedBytes(): number {
    return this.table.allocatedBytes + this.#times.allocatedBytes
  }

  /** Slots with times up to `to`, in order. */
  due(to: number): Int32Array {
    return this.#times.lowerBound > to ? NONE : this.#times.sorted(this.#times.lowerBound, to)
  }

  /** Slots of all rows, in order; none may go or come meanwhile. */
  inOrder(): Iterable<number> {
    return this.#times.inOrder()
  }

  /** The row that leaves first, -1: empty. */
  first(): number {
    return this.#times.first()
  }
}

const NONE = new Int32Array(0)
