/** A table in memory. Nothing here allocates objects per record. */
import { Arena } from './arena.js'
import { ENTRY_MASK, HashIndex, hashBytes } from './hash-index.js'
import { ENTRY_NUMBERS, Entry, Journal } from './journal.js'
import { Field, Flag, Rows } from './rows.js'
import { RowTooLargeError, type Table } from './table.js'

/** Told when rows enter and leave the table, by undo too. */
export interface RowIndex {
  linked(slot: number): void
  unlinked(slot: number): void
  clear(): void
}

export class MemoryTable implements Table {
  size = 0
  inserted = false
  maxRowBytes = Infinity
  readonly columns: number
  readonly #arena = new Arena()
  readonly #index = new HashIndex()
  readonly #rows: Rows
  /** Of the present input record. */
  readonly #record: Journal
  /** Of all records since the commit; one pre-image a row. */
  readonly #interval: Journal
  readonly #indexes: RowIndex[] = []
  #mark = 1
  /** Rows with this stamp or a later one are in the interval's journal. */
  #intervalStart = 1

  constructor(columns = 0) {
    this.columns = columns
    this.#rows = new Rows(columns)
    this.#record = new Journal(columns + 1)
    this.#interval = new Journal(columns + 1)
  }

  /** Before the first row. */
  addIndex(index: RowIndex): void {
    this.#indexes.push(index)
  }

  get allocatedBytes(): number {
    return this.#arena.allocatedBytes + this.#rows.allocatedBytes + this.#index.allocatedBytes
  }

  get journalBytes(): number {
    return this.#interval.bytes + this.#record.bytes
  }

  /** Slots are below it, not all of them live. */
  get slotLimit(): number {
    return this.#rows.limit
  }

  isLive(slot: number): boolean {
    return (this.#rows.get(slot, Field.Flags) & Flag.Live) !== 0
  }

  find(buffer: Uint8Array, start: number, end: number): number {
    return this.#find(buffer, start, end, hashBytes(buffer, start, end))
  }

  insert(buffer: Uint8Array, start: number, end: number, timestamp: number): number {
    const hash = hashBytes(buffer, start, end)
    const found = this.#find(buffer, start, end, hash)
    this.inserted = found < 0
    if (found >= 0) return found
    const length = end - start
    if (length > this.maxRowBytes) throw new RowTooLargeError(length, this.maxRowBytes)
    const slot = this.#new(buffer, start, end, timestamp, hash, Flag.Born)
    this.#record.push(Entry.Insert, slot, 0, -1, 0)
    return slot
  }

  timestamp(slot: number): number {
    return this.#rows.number(slot, 0)
  }

  setTimestamp(slot: number, timestamp: number): void {
    this.#touch(slot)
    this.#rows.setNumber(slot, 0, timestamp)
  }

  relocate(slot: number, timestamp: number): void {
    if (this.timestamp(slot) === timestamp) return
    for (const index of this.#indexes) index.unlinked(slot)
    this.setTimestamp(slot, timestamp)
    for (const index of this.#indexes) index.linked(slot)
  }

  number(slot: number, column: number): number {
    return this.#rows.number(slot, column + 1)
  }

  setNumber(slot: number, column: number, value: number): void {
    this.#touch(slot)
    this.#rows.setNumber(slot, column + 1, value)
  }

  keyBuffer(slot: number): Buffer {
    return this.#arena.page(this.#rows.get(slot, Field.KeyAddress) >>> 0)
  }

  keyStart(slot: number): number {
    return this.#arena.start(this.#rows.get(slot, Field.KeyAddress) >>> 0)
  }

  keyEnd(slot: number): number {
    return this.keyStart(slot) + this.#rows.get(slot, Field.KeyLength)
  }

  hasValue(slot: number): boolean {
    return this.#rows.get(slot, Field.ValueLength) >= 0
  }

  valueBuffer(slot: number): Buffer {
    return this.#arena.page(this.#rows.get(slot, Field.ValueAddress) >>> 0)
  }

  valueStart(slot: number): number {
    return this.#arena.start(this.#rows.get(slot, Field.ValueAddress) >>> 0)
  }

  valueEnd(slot: number): number {
    return this.valueStart(slot) + this.#rows.get(slot, Field.ValueLength)
  }

  setValue(slot: number, buffer: Uint8Array, start: number, end: number): void {
    const length = end - start
    const size = this.#rows.get(slot, Field.KeyLength) + length
    if (size > this.maxRowBytes) throw new RowTooLargeError(size, this.maxRowBytes)
    const address = this.#arena.allocate(length)
    const page = this.#arena.page(address)
    const to = this.#arena.start(address)
    if (length > 64) page.set(buffer.subarray(start, end), to)
    else for (let i = 0; i < length; i++) page[to + i] = buffer[start + i]!
    this.#replaceValue(slot, address, length)
  }

  setNull(slot: number): void {
    this.#replaceValue(slot, 0, -1)
  }

  delete(slot: number): void {
    this.#record.push(Entry.Delete, slot, 0, -1, 0)
    this.#unlink(slot)
  }

  mark(): void {
    const record = this.#record
    if (record.length > 0) this.#fold()
    this.#mark++
  }

  rollback(): void {
    this.#undo(this.#record)
  }

  commit(): void {
    if (this.#record.length > 0) this.#fold()
    const rows = this.#rows
    const journal = this.#interval
    for (let i = 0; i < journal.length; i++) {
      const page = journal.page(i)
      const at = journal.at(i)
      const slot = page[at + 1]!
      if (page[at] === Entry.Update) this.#freePreImage(slot, page[at + 2]!, page[at + 3]!)
      else if (page[at] === Entry.Delete) this.#freeRow(slot)
      else rows.set(slot, Field.Flags, rows.get(slot, Field.Flags) & ~Flag.Born)
    }
    journal.clear()
    if (++this.#mark > 0x4000_0000) {
      rows.clearStamps()
      this.#mark = 1
    }
    this.#intervalStart = this.#mark
  }

  abort(): void {
    this.#undo(this.#record)
    this.#undo(this.#interval)
    this.#intervalStart = ++this.#mark
  }

  eachDirty(visit: (slot: number, live: boolean) => void): void {
    if (this.#record.length > 0) this.#fold()
    const journal = this.#interval
    for (let i = 0; i < journal.length; i++) {
      const page = journal.page(i)
      const at = journal.at(i)
      const slot = page[at + 1]!
      const flags = this.#rows.get(slot, Field.Flags)
      if (page[at] !== Entry.Delete) {
        if ((flags & Flag.Live) !== 0) visit(slot, true)
      } else if ((flags & Flag.Born) === 0) {
        const start = this.keyStart(slot)
        if (this.find(this.keyBuffer(slot), start, this.keyEnd(slot)) < 0) visit(slot, false)
      }
    }
  }

  compareKeys(a: number, b: number, suffix = 0): number {
    const bufferA = this.keyBuffer(a)
    const bufferB = this.keyBuffer(b)
    const endA = this.keyEnd(a)
    const endB = this.keyEnd(b)
    const order = bufferA.compare(bufferB, this.keyStart(b), endB - suffix, this.keyStart(a), endA - suffix)
    if (order !== 0 || suffix === 0) return order
    return bufferA.compare(bufferB, endB - suffix, endB, endA - suffix, endA)
  }

  /**
   * A row of a key that is absent, as it was at the last commit: no journal knows it. Columns and value are set next, then
   * `settle` ends it.
   */
  place(buffer: Uint8Array, start: number, end: number, timestamp: number): number {
    return this.#new(buffer, start, end, timestamp, hashBytes(buffer, start, end), 0)
  }

  settle(slot: number): void {
    const rows = this.#rows
    rows.set(slot, Field.Stamp, 0)
    rows.set(slot, Field.Flags, rows.get(slot, Field.Flags) & ~Flag.Fresh)
  }

  /** Forgets a row that has not changed since the last commit, without a trace; false: it has. */
  evict(slot: number): boolean {
    const rows = this.#rows
    if ((rows.get(slot, Field.Flags) & Flag.Born) !== 0 || rows.get(slot, Field.Stamp) >= this.#intervalStart)
      return false
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
    this.size = 0
    this.#arena.clear()
    this.#index.clear()
    this.#rows.clear()
    this.#record.clear()
    this.#interval.clear()
    for (const index of this.#indexes) index.clear()
  }

  #find(buffer: Uint8Array, start: number, end: number, hash: number): number {
    const entries = this.#index.segment(hash)
    const rows = this.#rows
    const length = end - start
    for (let at = hash & ENTRY_MASK; ; at = (at + 1) & ENTRY_MASK) {
      const slot = entries[2 * at]! - 1
      if (slot < 0) return -1
      if (entries[2 * at + 1] !== hash || rows.get(slot, Field.KeyLength) !== length) continue
      const address = rows.get(slot, Field.KeyAddress) >>> 0
      const page = this.#arena.page(address)
      let p = this.#arena.start(address)
      let i = start
      while (i < end && page[p] === buffer[i]) {
        p++
        i++
      }
      if (i === end) return slot
    }
  }

  #new(buffer: Uint8Array, start: number, end: number, timestamp: number, hash: number, flags: number): number {
    const rows = this.#rows
    const length = end - start
    const address = this.#arena.allocate(length)
    const page = this.#arena.page(address)
    let p = this.#arena.start(address)
    for (let i = start; i < end; i++) page[p++] = buffer[i]!
    const slot = rows.allocate()
    rows.set(slot, Field.Hash, hash)
    rows.set(slot, Field.KeyAddress, address)
    rows.set(slot, Field.KeyLength, length)
    rows.set(slot, Field.Stamp, this.#mark)
    rows.set(slot, Field.Flags, flags)
    rows.setNumber(slot, 0, timestamp)
    this.#link(slot)
    return slot
  }

  #link(slot: number): void {
    const rows = this.#rows
    rows.set(slot, Field.Flags, rows.get(slot, Field.Flags) | Flag.Live)
    this.#index.add(slot, rows.get(slot, Field.Hash))
    this.size++
    for (const index of this.#indexes) index.linked(slot)
  }

  #unlink(slot: number): void {
    const rows = this.#rows
    for (const index of this.#indexes) index.unlinked(slot)
    rows.set(slot, Field.Flags, rows.get(slot, Field.Flags) & ~Flag.Live)
    this.#index.remove(slot, rows.get(slot, Field.Hash))
    this.size--
  }

  /** Journals the row's pre-image, once a record. */
  #touch(slot: number): void {
    const rows = this.#rows
    const stamp = rows.get(slot, Field.Stamp)
    if (stamp === this.#mark) return
    const address = rows.get(slot, Field.ValueAddress) >>> 0
    const record = this.#record
    const index = record.push(Entry.Update, slot, address, rows.get(slot, Field.ValueLength), stamp)
    rows.copyNumbersTo(slot, record.page(index), record.at(index) + ENTRY_NUMBERS)
    rows.set(slot, Field.Stamp, this.#mark)
    rows.set(slot, Field.Flags, rows.get(slot, Field.Flags) & ~Flag.Fresh)
  }

  #replaceValue(slot: number, address: number, length: number): void {
    const rows = this.#rows
    this.#touch(slot)
    const flags = rows.get(slot, Field.Flags)
    const oldLength = rows.get(slot, Field.ValueLength)
    // A value that is not fresh belongs to the pre-image.
    if ((flags & Flag.Fresh) !== 0 && oldLength >= 0) {
      this.#record.push(Entry.Garbage, slot, rows.get(slot, Field.ValueAddress) >>> 0, oldLength, 0)
    }
    rows.set(slot, Field.Flags, flags | Flag.Fresh)
    rows.set(slot, Field.ValueAddress, address)
    rows.set(slot, Field.ValueLength, length)
  }

  #freeValue(address: number, length: number): void {
    if (length >= 0) this.#arena.free(address, length)
  }

  #freePreImage(slot: number, address: number, length: number): void {
    if (length >= 0 && this.#rows.get(slot, Field.ValueAddress) >>> 0 !== address) this.#arena.free(address, length)
  }

  #freeRow(slot: number): void {
    const rows = this.#rows
    this.#freeValue(rows.get(slot, Field.ValueAddress) >>> 0, rows.get(slot, Field.ValueLength))
    this.#arena.free(rows.get(slot, Field.KeyAddress) >>> 0, rows.get(slot, Field.KeyLength))
    rows.free(slot)
  }

  /** Moves the record's entries to the interval's journal, which keeps the first pre-image of a row. */
  #fold(): void {
    const record = this.#record
    const interval = this.#interval
    for (let i = 0; i < record.length; i++) {
      const page = record.page(i)
      const at = record.at(i)
      if (page[at] === Entry.Garbage) this.#freeValue(page[at + 2]!, page[at + 3]!)
      else if (page[at] !== Entry.Update || page[at + 4]! < this.#intervalStart) interval.append(record, i)
      else this.#freePreImage(page[at + 1]!, page[at + 2]!, page[at + 3]!)
    }
    record.clear()
    this.#mark++
  }

  #undo(journal: Journal): void {
    const rows = this.#rows
    for (let i = journal.length - 1; i >= 0; i--) {
      const page = journal.page(i)
      const at = journal.at(i)
      const slot = page[at + 1]!
      if (page[at] === Entry.Garbage) {
        this.#freeValue(page[at + 2]!, page[at + 3]!)
      } else if (page[at] === Entry.Insert) {
        this.#unlink(slot)
        this.#freeRow(slot)
      } else if (page[at] === Entry.Delete) {
        this.#link(slot)
      } else {
        if (rows.get(slot, Field.ValueAddress) >>> 0 !== page[at + 2]!) {
          this.#freeValue(rows.get(slot, Field.ValueAddress) >>> 0, rows.get(slot, Field.ValueLength))
        }
        rows.set(slot, Field.ValueAddress, page[at + 2]!)
        rows.set(slot, Field.ValueLength, page[at + 3]!)
        rows.set(slot, Field.Stamp, page[at + 4]!)
        rows.copyNumbersFrom(slot, page, at + ENTRY_NUMBERS)
      }
    }
    journal.clear()
  }
}
