/**
 * State by (key, window start), for time and sliding windows, for the sides of stream joins (several rows of one key and
 * time, in the order of arrival) and for versions of a table. Values, columns and deletion: `table`, by slot.
 */
import type { Backing, RowChains, RowTimes } from './backing.js'
import { MemoryBacking } from './memory-backing.js'
import { StoredKey, WINDOW_SUFFIX, readTime, wordAt } from './stored-key.js'
import type { Table } from './table.js'

export interface WindowStoreOptions {
  /** Numbers of a row. */
  readonly columns?: number
  /** Length of a time bucket, ms: for windows the advance, else a fraction of what is retained. */
  readonly bucketMs: number
  /** Whether `from`, `next`, `last`, `previous` and `append` are used: the rows of a key are chained then. */
  readonly ranges: boolean
}

export class WindowStore {
  readonly table: Table
  readonly #times: RowTimes
  readonly #chains: RowChains | undefined
  readonly #key = new StoredKey()

  constructor(options: WindowStoreOptions, backing: Backing = new MemoryBacking(options.columns ?? 0)) {
    const { table } = backing
    this.table = table
    const timeOf = (slot: number): number => this.windowStart(slot)
    const compare = (a: number, b: number): number => table.compareKeys(a, b, WINDOW_SUFFIX)
    const word = (slot: number, at: number): number => {
      const start = table.keyStart(slot) + at
      return wordAt(table.keyBuffer(slot), start, table.keyEnd(slot) - WINDOW_SUFFIX)
    }
    this.#times = backing.times({ timeOf, compare, byTimestamp: false, word }, options.bucketMs)
    if (options.ranges) this.#chains = backing.chains(WINDOW_SUFFIX)
  }

  get allocatedBytes(): number {
    return this.table.allocatedBytes + this.#times.allocatedBytes + (this.#chains?.allocatedBytes ?? 0)
  }

  /** Goes to a key, which is copied once for all of its windows. */
  seek(buffer: Uint8Array, start: number, end: number): void {
    this.#key.seek(buffer, start, end)
  }

  /** Slot of a window of that key, -1: absent. `windowStart` in ms, an integer ≥ 0 (everywhere here). */
  findAt(windowStart: number): number {
    const key = this.#key
    key.setWindow(windowStart, 0)
    return this.table.find(key.bytes, 0, key.length)
  }

  /** The same as Table.insert. */
  insertAt(windowStart: number, timestamp: number): number {
    const key = this.#key
    key.setWindow(windowStart, 0)
    return this.table.insert(key.bytes, 0, key.length, timestamp)
  }

  /** Of another key than the one that was gone to. */
  insert(buffer: Uint8Array, start: number, end: number, windowStart: number, timestamp: number): number {
    this.seek(buffer, start, end)
    return this.insertAt(windowStart, timestamp)
  }

  /** A row of its own behind those of the same key and time. */
  append(buffer: Uint8Array, start: number, end: number, time: number, timestamp: number): number {
    const before = this.upTo(buffer, start, end, time)
    const sequence = before >= 0 && this.windowStart(before) === time ? this.#sequence(before) + 1 : 0
    const key = this.#key
    key.seek(buffer, start, end)
    key.setWindow(time, sequence)
    return this.table.insert(key.bytes, 0, key.length, timestamp)
  }

  windowStart(slot: number): number {
    return readTime(this.table.keyBuffer(slot), this.table.keyEnd(slot) - WINDOW_SUFFIX)
  }

  /** Where the key ends that the row was inserted with; it begins at `table.keyStart`. */
  keyEnd(slot: number): number {
    return this.table.keyEnd(slot) - WINDOW_SUFFIX
  }

  /** The key's first row with a start at or after `windowStart`, -1: none. */
  from(buffer: Uint8Array, start: number, end: number, windowStart: number): number {
    const before = this.upTo(buffer, start, end, windowStart - 1)
    return before < 0 ? this.#chained.first(buffer, start, end) : this.#chained.next(before)
  }

  /** The key's last row with a start at or before `windowStart`, -1: none. Quick for recent ones. */
  upTo(buffer: Uint8Array, start: number, end: number, windowStart: number): number {
    const chains = this.#chained
    let slot = chains.last(buffer, start, end)
    while (slot >= 0 && this.windowStart(slot) > windowStart) slot = chains.previous(slot)
    return slot
  }

  /** The key's next row by (start, arrival), -1: none. */
  next(slot: number): number {
    return this.#chained.next(slot)
  }

  previous(slot: number): number {
    return this.#chained.previous(slot)
  }

  /** Slots of all keys with starts in [from, to], by start, then key, then arrival. */
  sorted(from: number, to: number): Int32Array {
    return this.#times.sorted(from, to)
  }

  /** A time at or before the earliest start, Infinity when empty: nothing to emit or expire before it. */
  get lowerBound(): number {
    return this.#times.lowerBound
  }

  /** Deletes rows with starts below `before`, at most `most` of them, so that no record pays for all. */
  expire(before: number, most: number): void {
    for (let n = 0; n < most; n++) {
      const slot = this.#times.anyBefore(before)
      if (slot < 0) return
      this.table.delete(slot)
    }
  }

  get #chained(): RowChains {
    if (this.#chains === undefined) throw new TypeError('a window store without ranges cannot go along a key')
    return this.#chains
  }

  #sequence(slot: number): number {
    return this.table.keyBuffer(slot).readUInt32BE(this.table.keyEnd(slot) - 4)
  }
}
