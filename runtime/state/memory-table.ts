/** A table in memory. Nothing here allocates objects per record. */
import { ENTRY_MASK, HashIndex } from './hash-index.js'
import { ENTRY_NUMBERS, Entry, Journal } from './journal.js'
import { KeyView, hashKey, isKeyAt } from './key-bytes.js'
import { RowBytes } from './row-bytes.js'
import { Field, Flag } from './rows.js'
import { RowTooLargeError, type Table } from './table.js'

/** Told when rows enter and leave the table, by undo too. */
export interface RowIndex {
  linked(slot: number): void
  unlinked(slot: number): void
  clear(): void
}

export class MemoryTable extends RowBytes implements Table {
  size = 0
  inserted = false
  generation = 0
  maxRowBytes = Infinity
  readonly #index = new HashIndex()
  /** Of all records since the commit, one pre-image a row; behind them those of the present input record. */
  readonly #journal: Journal
  /** Where the entries of the present record begin. */
  #recordStart = 0
  readonly #indexes: RowIndex[] = []
  readonly #keys = new KeyView()
  #mark = 1
  /** Rows with this stamp or a later one are in the journal of the interval. */
  #intervalStart = 1

  /** Values up to `valueBytes` stand in the rows, others by themselves. */
  constructor(columns = 0, valueBytes = 0) {
    super(columns, valueBytes)
    this.#journal = new Journal(this.rows.width)
  }

  /** Before the first row. */
  addIndex(index: RowIndex): void {
    this.#indexes.push(index)
  }

  get allocatedBytes(): number {
    return this.arena.allocatedBytes + this.rows.allocatedBytes + this.#index.allocatedBytes
  }

  get journalBytes(): number {
    return this.#journal.bytes
  }

  find(buffer: Uint8Array, start: number, end: number): number {
    const view = this.#keys.of(buffer)
    return this.#find(view, start, end, hashKey(view, start, end))
  }

  insert(buffer: Uint8Array, start: number, end: number, timestamp: number): number {
    const view = this.#keys.of(buffer)
    const hash = hashKey(view, start, end)
    const found = this.#find(view, start, end, hash)
    this.inserted = found < 0
    if (found >= 0) return found
    const length = end - start
    if (length > this.maxRowBytes) throw new RowTooLargeError(length, this.maxRowBytes)
    const slot = this.#new(buffer, start, end, timestamp, hash, this.#mark)
    this.#journal.push(Entry.Insert, slot, 0, -1, 0)
    return slot
  }

  setTimestamp(slot: number, timestamp: number): void {
    this.#touch(slot)
    this.rows.setNumber(slot, 0, timestamp)
  }

  relocate(slot: number, timestamp: number): void {
    if (this.timestamp(slot) === timestamp) return
    for (const index of this.#indexes) index.unlinked(slot)
    this.setTimestamp(slot, timestamp)
    for (const index of this.#indexes) index.linked(slot)
  }

  setNumber(slot: number, column: number, value: number): void {
    this.#touch(slot)
    this.rows.setNumber(slot, column + 1, value)
  }

  setValue(slot: number, buffer: Uint8Array, start: number, end: number): void {
    const rows = this.rows
    const length = end - start
    this.#checkSize(slot, length)
    let address = 0
    let page: Buffer
    let to: number
    if (length <= rows.valueBytes) {
      // Before the bytes are written: the journal keeps those that were there.
      this.#replaceValue(slot, 0, length)
      page = rows.bytes(slot)
      to = rows.valueStart(slot)
    } else {
      address = this.arena.allocate(length)
      page = this.arena.page(address)
      to = this.arena.start(address)
    }
    if (length > 64) page.set(buffer.subarray(start, end), to)
    else for (let i = 0; i < length; i++) page[to + i] = buffer[start + i]!
    if (address !== 0) this.#replaceValue(slot, address, length)
  }

  beginDoubles(slot: number, count: number): void {
    this.#checkSize(slot, 8 * count)
    this.#replaceValue(slot, 0, 8 * count)
  }

  setNull(slot: number): void {
    this.#replaceValue(slot, 0, -1)
  }

  delete(slot: number): void {
    this.#journal.push(Entry.Delete, slot, 0, -1, 0)
    this.#unlink(slot)
  }

  mark(): void {
    if (this.#journal.length > this.#recordStart) this.#fold()
    this.#mark++
  }

  rollback(): void {
    this.generation++
    this.#undo(this.#recordStart)
  }

  commit(): void {
    this.generation++
    this.#fold()
    const journal = this.#journal
    for (let i = 0; i < journal.length; i++) {
      const page = journal.page(i)
      const at = journal.at(i)
      if (page[at] === Entry.Delete) this.#freeRow(page[at + 1]!)
      else if (page[at + 2] !== 0) this.#freePreImage(page[at + 1]!, page[at + 2]!, page[at + 3]!)
    }
    journal.clear()
    this.#keys.forget()
    this.#recordStart = 0
    if (++this.#mark > 0x4000_0000) {
      this.rows.clearStamps()
      this.#mark = 1
    }
    this.#intervalStart = this.#mark
  }

  abort(): void {
    this.generation++
    this.#undo(0)
    this.#recordStart = 0
    this.#intervalStart = ++this.#mark
  }

  eachDirty(visit: (slot: number, live: boolean) => void): void {
    this.#fold()
    const journal = this.#journal
    const rows = this.rows
    for (let i = 0; i < journal.length; i++) {
      const page = journal.page(i)
      const at = journal.at(i)
      const slot = page[at + 1]!
      if (page[at] !== Entry.Delete) {
        if ((rows.get(slot, Field.Flags) & Flag.Live) !== 0) visit(slot, true)
      } else if (rows.get(slot, Field.Birth) < this.#intervalStart) {
        const start = this.keyStart(slot)
        if (this.find(this.keyBuffer(slot), start, this.keyEnd(slot)) < 0) visit(slot, false)
      }
    }
  }

  /**
   * A row of a key that is absent, as it was at the last commit: no journal knows it. Columns and value are set next, then
   * `settle` ends it.
   */
  place(buffer: Uint8Array, start: number, end: number, timestamp: number): number {
    return this.#new(buffer, start, end, timestamp, hashKey(this.#keys.of(buffer), start, end), 0)
  }

  settle(slot: number): void {
    const rows = this.rows
    rows.set(slot, Field.Stamp, 0)
    rows.set(slot, Field.Flags, rows.get(slot, Field.Flags) & ~Flag.Fresh)
  }

  /** Forgets a row that has not changed since the last commit, without a trace; false: it has. */
  evict(slot: number): boolean {
    const rows = this.rows
    if (rows.get(slot, Field.Stamp) >= this.#intervalStart) return false
    this.generation++
    this.#unlink(slot)
    this.#freeRow(slot)
    return true
  }

  inKeyOrder(from?: Uint8Array, to?: Uint8Array): readonly number[] {
    const slots: number[] = []
    for (let slot = 0; slot < this.slotLimit; slot++) {
      if (!this.isLive(slot)) continue
      const buffer = this.keyBuffer(slot)
      const start = this.keyStart(slot)
      const end = this.keyEnd(slot)
      if (from !== undefined && buffer.compare(from, 0, from.length, start, end) < 0) continue
      if (to !== undefined && buffer.compare(to, 0, to.length, start, end) > 0) continue
      slots.push(slot)
    }
    return slots.sort((a, b) => this.compareKeys(a, b))
  }

  clear(): void {
    this.generation++
    this.size = 0
    this.arena.clear()
    this.#index.clear()
    this.rows.clear()
    this.#journal.clear()
    this.#recordStart = 0
    for (const index of this.#indexes) index.clear()
  }

  #find(view: DataView, start: number, end: number, hash: number): number {
    const entries = this.#index.segment(hash)
    const rows = this.rows
    const length = end - start
    for (let at = hash & ENTRY_MASK; ; at = (at + 1) & ENTRY_MASK) {
      const slot = entries[2 * at]! - 1
      if (slot < 0) return -1
      if (entries[2 * at + 1] !== hash || rows.get(slot, Field.KeyLength) !== length) continue
      if (isKeyAt(view, start, end, this.keyView(slot), this.keyStart(slot))) return slot
    }
  }

  #new(buffer: Uint8Array, start: number, end: number, timestamp: number, hash: number, birth: number): number {
    const rows = this.rows
    const length = end - start
    const slot = rows.allocate(length)
    rows.set(slot, Field.Hash, hash)
    rows.set(slot, Field.KeyAddress, length <= rows.keyBytes ? 0 : this.arena.allocate(length))
    rows.set(slot, Field.KeyLength, length)
    rows.set(slot, Field.Stamp, this.#mark)
    rows.set(slot, Field.Birth, birth)
    const page = this.keyBuffer(slot)
    let p = this.keyStart(slot)
    for (let i = start; i < end; i++) page[p++] = buffer[i]!
    rows.setNumber(slot, 0, timestamp)
    this.#link(slot)
    return slot
  }

  #link(slot: number): void {
    const rows = this.rows
    rows.set(slot, Field.Flags, rows.get(slot, Field.Flags) | Flag.Live)
    this.#index.add(slot, rows.get(slot, Field.Hash))
    this.size++
    for (const index of this.#indexes) index.linked(slot)
  }

  #unlink(slot: number): void {
    const rows = this.rows
    for (const index of this.#indexes) index.unlinked(slot)
    rows.set(slot, Field.Flags, rows.get(slot, Field.Flags) & ~Flag.Live)
    this.#index.remove(slot, rows.get(slot, Field.Hash))
    this.size--
  }

  /** Journals the row's pre-image, once a record. */
  #touch(slot: number): void {
    const rows = this.rows
    const stamp = rows.get(slot, Field.Stamp)
    if (stamp === this.#mark) return
    const address = rows.get(slot, Field.ValueAddress) >>> 0
    const journal = this.#journal
    const index = journal.push(Entry.Update, slot, address, rows.get(slot, Field.ValueLength), stamp)
    rows.copyNumbersTo(slot, journal.page(index), journal.at(index) + ENTRY_NUMBERS)
    rows.set(slot, Field.Stamp, this.#mark)
    rows.set(slot, Field.Flags, rows.get(slot, Field.Flags) & ~Flag.Fresh)
  }

  #checkSize(slot: number, valueLength: number): void {
    const size = this.rows.get(slot, Field.KeyLength) + valueLength
    if (size > this.maxRowBytes) throw new RowTooLargeError(size, this.maxRowBytes)
  }

  #replaceValue(slot: number, address: number, length: number): void {
    const rows = this.rows
    this.#touch(slot)
    const flags = rows.get(slot, Field.Flags)
    const old = rows.get(slot, Field.ValueAddress) >>> 0
    // A value that is not fresh belongs to the pre-image.
    if ((flags & Flag.Fresh) !== 0 && old !== 0) {
      this.#journal.push(Entry.Garbage, slot, old, rows.get(slot, Field.ValueLength), 0)
    }
    rows.set(slot, Field.Flags, flags | Flag.Fresh)
    rows.set(slot, Field.ValueAddress, address)
    rows.set(slot, Field.ValueLength, length)
  }

  /** Of bytes in the arena; those in the row go with it. */
  #free(address: number, length: number): void {
    if (address !== 0) this.arena.free(address, length)
  }

  #freePreImage(slot: number, address: number, length: number): void {
    if (this.rows.get(slot, Field.ValueAddress) >>> 0 !== address) this.#free(address, length)
  }

  #freeRow(slot: number): void {
    const rows = this.rows
    this.#free(rows.get(slot, Field.ValueAddress) >>> 0, rows.get(slot, Field.ValueLength))
    this.#free(rows.get(slot, Field.KeyAddress) >>> 0, rows.get(slot, Field.KeyLength))
    rows.free(slot)
  }

  /** The present record is over: its entries stay, except for pre-images of rows that the interval has one of. */
  #fold(): void {
    const journal = this.#journal
    let kept = this.#recordStart
    for (let i = kept; i < journal.length; i++) {
      const page = journal.page(i)
      const at = journal.at(i)
      if (page[at] === Entry.Garbage) this.#free(page[at + 2]!, page[at + 3]!)
      else if (page[at] === Entry.Update && page[at + 4]! >= this.#intervalStart) {
        this.#freePreImage(page[at + 1]!, page[at + 2]!, page[at + 3]!)
      } else {
        if (kept < i) journal.move(i, kept)
        kept++
      }
    }
    journal.truncate(kept)
    this.#recordStart = kept
    this.#mark++
  }

  /** Takes back the entries from `first` on. */
  #undo(first: number): void {
    const rows = this.rows
    const journal = this.#journal
    for (let i = journal.length - 1; i >= first; i--) {
      const page = journal.page(i)
      const at = journal.at(i)
      const slot = page[at + 1]!
      if (page[at] === Entry.Garbage) {
        this.#free(page[at + 2]!, page[at + 3]!)
      } else if (page[at] === Entry.Insert) {
        this.#unlink(slot)
        this.#freeRow(slot)
      } else if (page[at] === Entry.Delete) {
        this.#link(slot)
      } else {
        if (rows.get(slot, Field.ValueAddress) >>> 0 !== page[at + 2]!) {
          this.#free(rows.get(slot, Field.ValueAddress) >>> 0, rows.get(slot, Field.ValueLength))
        }
        rows.set(slot, Field.ValueAddress, page[at + 2]!)
        rows.set(slot, Field.ValueLength, page[at + 3]!)
        rows.set(slot, Field.Stamp, page[at + 4]!)
        rows.copyNumbersFrom(slot, page, at + ENTRY_NUMBERS)
      }
    }
    journal.truncate(first)
  }
}
