/** Rows of a table on disk whose keys begin with the same bytes: those of a prefix are read into memory as a whole. */
import type { RowPrefixes } from '../backing.js'
import { PREFIX_LENGTH_BYTES, PrefixIndex } from '../prefix-index.js'
import { groupOf, markedKey } from './disk-key.js'
import type { DiskTable } from './disk-table.js'

/** Of more of them it is forgotten that they are in memory. */
const MAX_PREFIXES = 10_000

export class DiskPrefixes implements RowPrefixes {
  readonly #table: DiskTable
  readonly #cached: PrefixIndex
  readonly #read = new Set<string>()
  #epoch = -1

  constructor(table: DiskTable) {
    this.#table = table
    this.#cached = new PrefixIndex(table.cached)
    table.cached.addIndex(this.#cached)
  }

  get allocatedBytes(): number {
    return this.#cached.allocatedBytes
  }

  sorted(buffer: Uint8Array, start: number, end: number): readonly number[] {
    this.#load(buffer, start, end)
    return this.#cached.sorted(buffer, start, end)
  }

  #load(buffer: Uint8Array, start: number, end: number): void {
    if (this.#epoch !== this.#table.epoch || this.#read.size > MAX_PREFIXES) {
      this.#epoch = this.#table.epoch
      this.#read.clear()
    }
    const length = Buffer.alloc(PREFIX_LENGTH_BYTES)
    length.writeUInt32BE(end - start)
    const stored = Buffer.concat([length, buffer.subarray(start, end)])
    const name = stored.toString('latin1')
    if (this.#read.has(name)) return
    this.#read.add(name)
    const prefix = groupOf(markedKey(stored, 0, stored.length))
    for (const { key, value } of this.#table.database.getRange({ start: prefix })) {
      if (key.compare(prefix, 0, prefix.length, 0, Math.min(key.length, prefix.length)) !== 0) return
      this.#table.load(key, value)
    }
  }
}
