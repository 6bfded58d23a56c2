/**
 * Rows whose keys begin with the same bytes, as lists in no order: stored keys are the length of the prefix (4 bytes,
 * big-endian), the prefix, the rest.
 */
import { ENTRY_MASK, HashIndex } from './hash-index.js'
import { KeyView, hashKey, isKeyAt } from './key-bytes.js'
import { PagedInt32 } from './paged-int32.js'
import type { RowPrefixes } from './backing.js'
import type { MemoryTable, RowIndex } from './memory-table.js'

export const PREFIX_LENGTH_BYTES = 4

export class PrefixIndex implements RowIndex, RowPrefixes {
  readonly #table: MemoryTable
  readonly #keys = new KeyView()
  /** First rows of lists, by the hash of their prefix. */
  readonly #heads = new HashIndex()
  /** Next slot + 1, 0: none. */
  readonly #next = new PagedInt32()
  /** Previous slot + 1, 0: the first. */
  readonly #previous = new PagedInt32()

  constructor(table: MemoryTable) {
    this.#table = table
  }

  get allocatedBytes(): number {
    return this.#heads.allocatedBytes + this.#next.allocatedBytes + this.#previous.allocatedBytes
  }

  sorted(buffer: Uint8Array, start: number, end: number): number[] {
    const slots: number[] = []
    const view = this.#keys.of(buffer)
    const first = this.#head(view, start, end, hashKey(view, start, end))
    for (let slot = first; slot >= 0; slot = this.#next.get(slot) - 1) slots.push(slot)
    return slots.sort((a, b) => this.#table.compareKeys(a, b))
  }

  linked(slot: number): void {
    const { view, start, end } = this.#prefixOf(slot)
    const hash = hashKey(view, start, end)
    const head = this.#head(view, start, end, hash)
    this.#previous.set(slot, 0)
    this.#next.set(slot, head + 1)
    if (head >= 0) {
      this.#previous.set(head, slot + 1)
      this.#heads.remove(head, hash)
    }
    this.#heads.add(slot, hash)
  }

  unlinked(slot: number): void {
    const before = this.#previous.get(slot) - 1
    const after = this.#next.get(slot) - 1
    if (after >= 0) this.#previous.set(after, before + 1)
    if (before >= 0) {
      this.#next.set(before, after + 1)
      return
    }
    const { view, start, end } = this.#prefixOf(slot)
    const hash = hashKey(view, start, end)
    this.#heads.remove(slot, hash)
    if (after >= 0) this.#heads.add(after, hash)
  }

  clear(): void {
    this.#heads.clear()
    this.#next.truncate(0)
    this.#previous.truncate(0)
  }

  #prefixOf(slot: number): { view: DataView; start: number; end: number } {
    const table = this.#table
    const view = table.keyView(slot)
    const start = table.keyStart(slot) + PREFIX_LENGTH_BYTES
    return { view, start, end: start + view.getUint32(start - PREFIX_LENGTH_BYTES) }
  }

  #head(view: DataView, start: number, end: number, hash: number): number {
    const entries = this.#heads.segment(hash)
    for (let at = hash & ENTRY_MASK; ; at = (at + 1) & ENTRY_MASK) {
      const slot = entries[2 * at]! - 1
      if (slot < 0) return -1
      if (entries[2 * at + 1] !== hash) continue
      const prefix = this.#prefixOf(slot)
      if (prefix.end - prefix.start !== end - start) continue
      if (isKeyAt(view, start, end, prefix.view, prefix.start)) return slot
    }
  }
}
