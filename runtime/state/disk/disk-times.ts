/**
 * Rows of a table on disk by time: an index on disk of what is there, one in memory of what is in memory, and what is asked
 * for is read into memory first. The earliest rows are asked for most: they are read from the front, some at a time.
 */
import type { RowTimes, TimeOrder } from '../backing.js'
import { TimeIndex } from '../time-index.js'
import { behindAll, isGrouped, markedKeyOf } from './disk-key.js'
import { keyOfTimeKey, timeGroupOf, timeKey, timeKeyBehind, timeOfKey } from './disk-row.js'
import type { DiskTable } from './disk-table.js'
import type { LmdbDatabase } from './lmdb.js'

/** Rows that are read at a time. */
const CHUNK = 64
/** Before all keys. */
const FRONT: Buffer = Buffer.of(0)

export class DiskTimes implements RowTimes {
  readonly #table: DiskTable
  readonly #database: LmdbDatabase
  readonly #order: TimeOrder
  readonly #cached: TimeIndex
  /** Of the table, for which the rest is true. */
  #epoch = -1
  /** Rows on disk before this key are in memory or deleted… */
  #front = FRONT
  /** …and so are those from here to there. */
  #from = FRONT
  #to = FRONT
  /** The first key on disk at or behind `#front`, null: there is none; undefined: not looked for. */
  #next: Buffer | null | undefined

  constructor(table: DiskTable, database: LmdbDatabase, order: TimeOrder, bucketMs: number) {
    this.#table = table
    this.#database = database
    this.#order = order
    this.#cached = new TimeIndex(order, bucketMs)
    table.cached.addIndex(this.#cached)
    table.times = { database, timeOf: order.timeOf, byTimestamp: order.byTimestamp }
  }

  get allocatedBytes(): number {
    return this.#cached.allocatedBytes
  }

  get lowerBound(): number {
    return this.#table.size === 0 ? Infinity : Math.min(this.#cached.lowerBound, this.#nextTime())
  }

  sorted(from: number, to: number): Int32Array {
    this.#read(timeKey(from, undefined), timeKeyBehind(to))
    return this.#cached.sorted(from, to)
  }

  *inOrder(): Generator<number> {
    let last = FRONT
    for (;;) {
      const next = this.#findNext()
      for (const slot of this.#cached.sorted(last === FRONT ? -Infinity : timeOfKey(last), this.#nextTime())) {
        const key = this.#keyOf(slot)
        if (next !== null && !isBefore(key, next)) break
        if (key.compare(last) <= 0) continue
        last = key
        yield slot
      }
      if (next === null) return
      this.#readFront()
    }
  }

  anyBefore(before: number): number {
    for (;;) {
      const slot = this.#cached.anyBefore(before)
      if (slot >= 0 || this.#nextTime() >= before) return slot
      this.#readFront()
    }
  }

  first(): number {
    for (;;) {
      const slot = this.#cached.first()
      const next = this.#findNext()
      if (next === null || (slot >= 0 && isBefore(this.#keyOf(slot), next))) return slot
      this.#readFront()
    }
  }

  /** With the whole key, for the order of rows. */
  #keyOf(slot: number): Buffer {
    return timeKey(this.#order.timeOf(slot), markedKeyOf(this.#table.cached, slot))
  }

  #findNext(): Buffer | null {
    this.#check()
    if (this.#next === undefined) {
      const [next] = this.#database.getKeys({ start: this.#front, limit: 1 })
      this.#next = next ?? null
    }
    return this.#next
  }

  #nextTime(): number {
    const next = this.#findNext()
    return next === null ? Infinity : timeOfKey(next)
  }

  #readFront(): void {
    let last: Buffer | undefined
    for (const key of this.#database.getKeys({ start: this.#front, limit: CHUNK })) {
      this.#table.load(keyOfTimeKey(key))
      last = key
    }
    if (last !== undefined) this.#front = isGrouped(keyOfTimeKey(last)) ? this.#readGroup(last) : behind(last)
    this.#next = undefined
  }

  /** The rest of the group, whose end it gives back. */
  #readGroup(last: Buffer): Buffer {
    const end = behindAll(timeGroupOf(last))
    for (const key of this.#database.getKeys({ start: behind(last), end })) this.#table.load(keyOfTimeKey(key))
    return end
  }

  #read(from: Buffer, end: Buffer): void {
    this.#check()
    const start = from.compare(this.#front) < 0 ? this.#front : from
    if (start.compare(end) >= 0) return
    if (start.compare(this.#from) >= 0 && end.compare(this.#to) <= 0) return
    for (const key of this.#database.getKeys({ start, end })) this.#table.load(keyOfTimeKey(key))
    const next = this.#findNext()
    if (next === null || next.compare(start) >= 0) {
      this.#front = end
      this.#next = undefined
    } else {
      this.#from = start
      this.#to = end
    }
  }

  #check(): void {
    if (this.#epoch === this.#table.epoch) return
    this.#epoch = this.#table.epoch
    this.#front = this.#from = this.#to = FRONT
    this.#next = undefined
  }
}

/** The least key behind another one is that with a zero. */
const behind = (key: Buffer): Buffer => Buffer.concat([key, FRONT])

/** What is read of the disk is whole groups: a row is not before the next one of its own. */
const isBefore = (key: Buffer, next: Buffer): boolean => timeGroupOf(key).compare(timeGroupOf(next)) < 0
