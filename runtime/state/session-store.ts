/** Sessions by key: rows keyed by (key, end, start). Values, columns and deletion: `table`, by slot. */
import type { Backing, RowChains, RowTimes } from './backing.js'
import { MemoryBacking } from './memory-backing.js'
import { SESSION_SUFFIX, StoredKey, readTime } from './stored-key.js'
import type { Table } from './table.js'

export interface SessionStoreOptions {
  /** Numbers of a row. */
  readonly columns?: number
  /** Length of a time bucket, ms: a fraction of what is retained. */
  readonly bucketMs: number
}

export class SessionStore {
  readonly table: Table
  readonly #times: RowTimes
  readonly #chains: RowChains
  readonly #key = new StoredKey()

  constructor(options: SessionStoreOptions, backing: Backing = new MemoryBacking(options.columns ?? 0)) {
    const { table } = backing
    this.table = table
    this.#chains = backing.chains(SESSION_SUFFIX)
    const timeOf = (slot: number): number => this.sessionEnd(slot)
    const compare = (a: number, b: number): number =>
      this.sessionStart(a) - this.sessionStart(b) || table.compareKeys(a, b, SESSION_SUFFIX)
    this.#times = backing.times({ timeOf, compare, byTimestamp: false }, options.bucketMs)
  }

  get allocatedBytes(): number {
    return this.table.allocatedBytes + this.#times.allocatedBytes + this.#chains.allocatedBytes
  }

  /** Slot of exactly this session, -1: absent. Times in ms, integers ≥ 0 (everywhere here). */
  find(buffer: Uint8Array, start: number, end: number, sessionStart: number, sessionEnd: number): number {
    const key = this.#key
    key.session(buffer, start, end, sessionStart, sessionEnd)
    return this.table.find(key.bytes, 0, key.length)
  }

  /** As Table.insert; the row's timestamp is the session's end. */
  insert(buffer: Uint8Array, start: number, end: number, sessionStart: number, sessionEnd: number): number {
    const key = this.#key
    key.session(buffer, start, end, sessionStart, sessionEnd)
    return this.table.insert(key.bytes, 0, key.length, sessionEnd)
  }

  sessionEnd(slot: number): number {
    return readTime(this.table.keyBuffer(slot), this.table.keyEnd(slot) - SESSION_SUFFIX)
  }

  sessionStart(slot: number): number {
    return readTime(this.table.keyBuffer(slot), this.table.keyEnd(slot) - 8)
  }

  /** Where the key ends that the row was inserted with; it begins at `table.keyStart`. */
  keyEnd(slot: number): number {
    return this.table.keyEnd(slot) - SESSION_SUFFIX
  }

  /** The key's first session, by (end, start), that ends at or after `sessionEnd`, -1: none. Go on with `next`. */
  from(buffer: Uint8Array, start: number, end: number, sessionEnd: number): number {
    let found = -1
    let slot = this.#chains.last(buffer, start, end)
    while (slot >= 0 && this.sessionEnd(slot) >= sessionEnd) {
      found = slot
      slot = this.#chains.previous(slot)
    }
    return found
  }

  next(slot: number): number {
    return this.#chains.next(slot)
  }

  /** Slots of all keys with ends in [from, to], by end, then start, then key. */
  sorted(from: number, to: number): Int32Array {
    return this.#times.sorted(from, to)
  }

  /** A time at or before the earliest end, Infinity when empty. */
  get lowerBound(): number {
    return this.#times.lowerBound
  }

  /** Deletes sessions that end before `before`, at most `most` of them, so that no record pays for all. */
  expire(before: number, most: number): void {
    for (let n = 0; n < most; n++) {
      const slot = this.#times.anyBefore(before)
      if (slot < 0) return
      this.table.delete(slot)
    }
  }
}
