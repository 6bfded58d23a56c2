/**
 * Rows of one key of a table on disk, in order. Who asks for a key gets it from its end on: the last rows are read into
 * memory, and earlier ones as somebody goes back to them. Of long keys (disk-key.ts), all rows are.
 */
import type { RowChains } from '../backing.js'
import { KeyChains } from '../key-chains.js'
import { diskKeyOf, isGrouped, markedKey, rangeOf } from './disk-key.js'
import type { DiskTable } from './disk-table.js'

/** Rows that are read at a time. */
const CHUNK = 32
/** What is known of more keys is forgotten. */
const MAX_KEYS = 10_000

/** What is in memory of the rows of a key. */
interface Read {
  /** The beginning of their keys on disk. */
  readonly prefix: Buffer
  /** Those on disk at or behind this key; undefined: all. */
  from: Buffer | undefined
}

export class DiskChains implements RowChains {
  readonly #table: DiskTable
  readonly #suffix: number
  readonly #cached: KeyChains
  readonly #keys = new Map<string, Read>()
  #epoch = -1

  constructor(table: DiskTable, suffix: number) {
    this.#table = table
    this.#suffix = suffix
    this.#cached = new KeyChains(table.cached, suffix)
    table.cached.addIndex(this.#cached)
  }

  get allocatedBytes(): number {
    return this.#cached.allocatedBytes
  }

  first(buffer: Uint8Array, start: number, end: number): number {
    const read = this.#readOf(buffer, start, end)
    while (read.from !== undefined) this.#readBack(read, read.from)
    return this.#cached.first(buffer, start, end)
  }

  last(buffer: Uint8Array, start: number, end: number): number {
    const read = this.#readOf(buffer, start, end)
    for (;;) {
      const slot = this.#cached.last(buffer, start, end)
      if (read.from === undefined || (slot >= 0 && this.#isBehind(slot, read.from))) return slot
      this.#readBack(read, read.from)
    }
  }

  next(slot: number): number {
    const read = this.#readTo(slot)
    while (read.from !== undefined && !this.#isBehind(slot, read.from)) this.#readBack(read, read.from)
    return this.#cached.next(slot)
  }

  previous(slot: number): number {
    const read = this.#readTo(slot)
    for (;;) {
      const before = this.#cached.previous(slot)
      if (read.from === undefined || (before >= 0 && this.#isBehind(before, read.from))) return before
      this.#readBack(read, read.from)
    }
  }

  #readTo(slot: number): Read {
    const { cached } = this.#table
    return this.#readOf(cached.keyBuffer(slot), cached.keyStart(slot), cached.keyEnd(slot) - this.#suffix)
  }

  #readOf(buffer: Uint8Array, start: number, end: number): Read {
    if (this.#epoch !== this.#table.epoch || this.#keys.size > MAX_KEYS) {
      this.#epoch = this.#table.epoch
      this.#keys.clear()
    }
    const prefix = markedKey(buffer, start, end)
    const name = prefix.toString('latin1')
    let read = this.#keys.get(name)
    if (read === undefined) {
      // Times are below it.
      const behind = Buffer.concat([prefix, Buffer.alloc(this.#suffix + 1, 0xff)])
      const isLong = isGrouped(behind)
      if (isLong) this.#readGroups(prefix, behind)
      read = { prefix, from: isLong ? undefined : behind }
      this.#keys.set(name, read)
    }
    return read
  }

  #isBehind(slot: number, key: Buffer): boolean {
    return diskKeyOf(this.#table.cached, slot).compare(key) >= 0
  }

  #readGroups(from: Buffer, to: Buffer): void {
    const { database } = this.#table
    for (const { key, value } of database.getRange(rangeOf(from, to))) this.#table.load(key, value)
  }

  #readBack(read: Read, start: Buffer): void {
    const { database } = this.#table
    let rows = 0
    let last: Buffer | undefined
    for (const { key, value } of database.getRange({ start, end: read.prefix, reverse: true, limit: CHUNK })) {
      rows++
      last = key
      // Between the rows of a key may be those of longer ones that begin with it.
      if (key.length === read.prefix.length + this.#suffix) this.#table.load(key, value)
    }
    read.from = rows === CHUNK ? last : undefined
  }
}
