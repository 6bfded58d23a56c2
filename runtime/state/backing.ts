/** What a store stands on: rows, and the orders in which it asks for them. In memory or on disk. */
import type { Table } from './table.js'

export interface Backing {
  readonly table: Table
  /** Each at most once, before the first row. */
  times(order: TimeOrder, bucketMs: number): RowTimes
  chains(suffix: number): RowChains
  prefixes(): RowPrefixes
}

export interface TimeOrder {
  /** ms; must not change while the row lives. */
  readonly timeOf: (slot: number) => number
  /** Of rows with equal times. */
  readonly compare: (a: number, b: number) => number
  /** Whether the time is the row's timestamp; else it is in its key. */
  readonly byTimestamp: boolean
  /**
   * Four bytes, as an unsigned number, of what rows are compared by: rows that differ in a word are in its order. Zeros
   * behind the end. undefined: nothing is known of it.
   */
  readonly word?: (slot: number, at: number) => number
}

/** Rows by time. */
export interface RowTimes {
  readonly allocatedBytes: number
  /** A time at or before the earliest row's, Infinity without rows. */
  readonly lowerBound: number
  /** Slots with times in [from, to] by time, then as the order says. They are copied, so rows may be deleted meanwhile. */
  sorted(from: number, to: number): Int32Array
  /**
   * All slots by time, then as the order says, which must be that of the keys' bytes here and for `first`. No row may go
   * or come meanwhile.
   */
  inOrder(): Iterable<number>
  /** Some row with a time below `before`, in no order; -1: none. */
  anyBefore(before: number): number
  /** The earliest row, -1: none. */
  first(): number
}

/** Rows of one key by the last bytes of their stored keys (`suffix` of `Backing.chains`). -1: there is none. */
export interface RowChains {
  readonly allocatedBytes: number
  first(buffer: Uint8Array, start: number, end: number): number
  last(buffer: Uint8Array, start: number, end: number): number
  next(slot: number): number
  previous(slot: number): number
}

/** Rows whose keys begin with the same bytes: stored keys are the length of the prefix (4 bytes), the prefix, the rest. */
export interface RowPrefixes {
  readonly allocatedBytes: number
  /** Slots of the rows with that prefix, by their keys; a copy. */
  sorted(buffer: Uint8Array, start: number, end: number): readonly number[]
}
