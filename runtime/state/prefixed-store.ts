/** Rows of two keys, an outer and an inner one, that are found by both or by the outer one alone. */
import type { Backing, RowPrefixes } from './backing.js'
import { MemoryBacking } from './memory-backing.js'
import { PREFIX_LENGTH_BYTES } from './prefix-index.js'
import type { Table } from './table.js'

export class PrefixedStore {
  readonly table: Table
  readonly #index: RowPrefixes

  constructor(columns: number, backing: Backing = new MemoryBacking(columns)) {
    this.table = backing.table
    this.#index = backing.prefixes()
  }

  get allocatedBytes(): number {
    return this.table.allocatedBytes + this.#index.allocatedBytes
  }

  /** Slots of the rows of an outer key, by the bytes of their inner keys. */
  all(buffer: Uint8Array, start: number, end: number): readonly number[] {
    return this.#index.sorted(buffer, start, end)
  }

  /** Where the inner key of a row begins; it ends with the row's key. */
  innerStart(slot: number): number {
    const start = this.table.keyStart(slot)
    return start + PREFIX_LENGTH_BYTES + this.table.keyBuffer(slot).readUInt32BE(start)
  }
}

/** Builds the keys of such rows in a buffer that it keeps: `bytes[0, length)`. */
export class PrefixedKey {
  bytes = Buffer.alloc(256)
  length = 0

  set(outer: Uint8Array, outerLength: number, inner: Uint8Array, innerLength: number): void {
    this.length = PREFIX_LENGTH_BYTES + outerLength + innerLength
    if (this.length > this.bytes.length) this.bytes = Buffer.alloc(2 * this.length)
    const { bytes } = this
    bytes.writeUInt32BE(outerLength, 0)
    bytes.set(outer.subarray(0, outerLength), PREFIX_LENGTH_BYTES)
    bytes.set(inner.subarray(0, innerLength), PREFIX_LENGTH_BYTES + outerLength)
  }
}
