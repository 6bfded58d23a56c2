/**
 * Rows of one key in order: stored keys are a key and a suffix of fixed length (times, a sequence number); the rows of a
 * key are a list in the order of their suffixes. New rows mostly go to its end, which is found at once.
 */
import { ENTRY_MASK, HashIndex } from './hash-index.js'
import { KeyView, hashKey, isKeyAt } from './key-bytes.js'
import { PagedInt32 } from './paged-int32.js'
import type { RowChains } from './backing.js'
import type { MemoryTable, RowIndex } from './memory-table.js'

export class KeyChains implements RowIndex, RowChains {
  readonly #table: MemoryTable
  readonly #suffix: number
  readonly #keys = new KeyView()
  /** First rows by the hash of their key. */
  readonly #heads = new HashIndex()
  /** Next slot + 1, 0: none. */
  readonly #next = new PagedInt32()
  /** Previous slot + 1; of the first row, the last one's. */
  readonly #previous = new PagedInt32()

  constructor(table: MemoryTable, suffix: number) {
    this.#table = table
    this.#suffix = suffix
  }

  get allocatedBytes(): number {
    return this.#heads.allocatedBytes + this.#next.allocatedBytes + this.#previous.allocatedBytes
  }

  /** Row of a key with the lowest suffix, -1: none. */
  first(buffer: Uint8Array, start: number, end: number): number {
    const view = this.#keys.of(buffer)
    return this.#head(view, start, end, hashKey(view, start, end))
  }

  /** Row of a key with the highest suffix, -1: none. */
  last(buffer: Uint8Array, start: number, end: number): number {
    const head = this.first(buffer, start, end)
    return head < 0 ? -1 : this.#previous.get(head) - 1
  }

  /** -1 behind the last row. */
  next(slot: number): number {
    return this.#next.get(slot) - 1
  }

  /** -1 before the first row. */
  previous(slot: number): number {
    const before = this.#previous.get(slot) - 1
    return this.#next.get(before) === 0 ? -1 : before
  }

  linked(slot: number): void {
    const table = this.#table
    const view = table.keyView(slot)
    const start = table.keyStart(slot)
    const end = table.keyEnd(slot) - this.#suffix
    const hash = hashKey(view, start, end)
    const head = this.#head(view, start, end, hash)
    if (head < 0) {
      this.#next.set(slot, 0)
      this.#previous.set(slot, slot + 1)
      this.#heads.add(slot, hash)
      return
    }
    const tail = this.#previous.get(head) - 1
    let before = tail
    while (before >= 0 && this.#compare(before, slot) > 0) before = this.previous(before)
    if (before < 0) {
      this.#heads.remove(head, hash)
      this.#heads.add(slot, hash)
      this.#next.set(slot, head + 1)
      this.#previous.set(slot, tail + 1)
      this.#previous.set(head, slot + 1)
      return
    }
    const after = this.#next.get(before) - 1
    this.#next.set(before, slot + 1)
    this.#previous.set(slot, before + 1)
    this.#next.set(slot, after + 1)
    this.#previous.set(after < 0 ? head : after, slot + 1)
  }

  unlinked(slot: number): void {
    const before = this.previous(slot)
    const after = this.next(slot)
    if (before >= 0) {
      this.#next.set(before, after + 1)
      // The first row knows the last one.
      this.#previous.set(after >= 0 ? after : this.#firstOf(slot), before + 1)
      return
    }
    const hash = this.#hashOf(slot)
    this.#heads.remove(slot, hash)
    if (after < 0) return
    this.#previous.set(after, this.#previous.get(slot))
    this.#heads.add(after, hash)
  }

  clear(): void {
    this.#heads.clear()
    this.#next.truncate(0)
    this.#previous.truncate(0)
  }

  #hashOf(slot: number): number {
    const table = this.#table
    return hashKey(table.keyView(slot), table.keyStart(slot), table.keyEnd(slot) - this.#suffix)
  }

  #firstOf(slot: number): number {
    const table = this.#table
    const start = table.keyStart(slot)
    return this.#head(table.keyView(slot), start, table.keyEnd(slot) - this.#suffix, this.#hashOf(slot))
  }

  #head(view: DataView, start: number, end: number, hash: number): number {
    const table = this.#table
    const entries = this.#heads.segment(hash)
    for (let at = hash & ENTRY_MASK; ; at = (at + 1) & ENTRY_MASK) {
      const slot = entries[2 * at]! - 1
      if (slot < 0) return -1
      if (entries[2 * at + 1] !== hash) continue
      const from = table.keyStart(slot)
      if (table.keyEnd(slot) - this.#suffix - from !== end - start) continue
      if (isKeyAt(view, start, end, table.keyView(slot), from)) return slot
    }
  }

  #compare(a: number, b: number): number {
    const table = this.#table
    const bufferA = table.keyBuffer(a)
    const bufferB = table.keyBuffer(b)
    let p = table.keyEnd(a) - this.#suffix
    let q = table.keyEnd(b) - this.#suffix
    for (const end = table.keyEnd(a); p < end; p++, q++) {
      const difference = bufferA[p]! - bufferB[q]!
      if (difference !== 0) return difference
    }
    return 0
  }
}
