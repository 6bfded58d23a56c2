/**
 * A table on disk. What was read or written lately is in memory: rows as they were at the last commit, and journaled
 * changes of them. A commit hands the changes over, `write` puts them on disk when the changelog has them, and only then
 * may rows leave the memory again: whatever differs from the disk is in memory.
 */
import { MemoryTable } from '../memory-table.js'
import type { RowForms } from '../row-forms.js'
import type { Table } from '../table.js'
import { diskKey, diskKeyOf, isHashed, markedKey, rangeOf } from './disk-key.js'
import { keyInRow, placeRow, rowBytes, timeKey, timestampOf } from './disk-row.js'
import type { LmdbDatabase } from './lmdb.js'

/** The index of times of a table (disk-times.ts). */
interface TimedRows {
  readonly database: LmdbDatabase
  readonly timeOf: (slot: number) => number
  /** Whether it is the row's timestamp, else it is in its key. */
  readonly byTimestamp: boolean
}

/** What a commit leaves to be written; row undefined: deleted. */
interface Change {
  readonly key: Buffer
  readonly row: Buffer | undefined
  readonly time: number
}

const NOTHING = Buffer.alloc(0)

export interface DiskTableOptions {
  readonly columns: number
  /** As of MemoryTable. Default: 0. */
  readonly valueBytes?: number
  readonly forms: RowForms
  /** Beyond it, rows leave the memory after a commit. */
  readonly cacheBytes: number
}

export class DiskTable implements Table {
  size = 0
  inserted = false
  /** Grows when rows have left the memory: what was known to be there may not be. */
  epoch = 0
  readonly columns: number
  readonly database: LmdbDatabase
  /** Rows in memory; slots are theirs. */
  readonly cached: MemoryTable
  times: TimedRows | undefined
  /** Keys that were deleted, though they may be on disk. */
  readonly #gone = new MemoryTable()
  readonly #options: DiskTableOptions
  #changes: Change[] = []
  #changeBytes = 0
  #markedSize = 0
  #committedSize = 0
  #committedBytes = 0

  constructor(database: LmdbDatabase, options: DiskTableOptions) {
    this.columns = options.columns
    this.database = database
    this.cached = new MemoryTable(options.columns, options.valueBytes)
    this.#options = options
    this.size = this.#markedSize = this.#committedSize = (database.getStats() as { entryCount: number }).entryCount
  }

  /** Each of the calls that it grows with goes on to the rows in memory. */
  get generation(): number {
    return this.cached.generation
  }

  get maxRowBytes(): number {
    return this.cached.maxRowBytes
  }

  set maxRowBytes(bytes: number) {
    this.cached.maxRowBytes = bytes
  }

  get allocatedBytes(): number {
    return this.cached.allocatedBytes + this.#gone.allocatedBytes + this.#changeBytes
  }

  /** With what was read since the commit: it must not grow without bounds either. */
  get journalBytes(): number {
    const { cached } = this
    return cached.journalBytes + this.#changeBytes + Math.max(0, cached.allocatedBytes - this.#committedBytes)
  }

  /** Bytes that wait for `write`. */
  get changeBytes(): number {
    return this.#changeBytes
  }

  isLive(slot: number): boolean {
    return this.cached.isLive(slot)
  }

  find(buffer: Uint8Array, start: number, end: number): number {
    const slot = this.cached.find(buffer, start, end)
    if (slot >= 0) return slot
    if (this.#gone.size > 0 && this.#gone.find(buffer, start, end) >= 0) return -1
    const key = diskKey(buffer, start, end)
    const row = this.database.getBinaryFast(key)
    return row === undefined ? -1 : placeRow(this.cached, key, row, this.#options.forms)
  }

  insert(buffer: Uint8Array, start: number, end: number, timestamp: number): number {
    const found = this.find(buffer, start, end)
    this.inserted = found < 0
    if (found >= 0) return found
    const slot = this.cached.insert(buffer, start, end, timestamp)
    const gone = this.#gone.size === 0 ? -1 : this.#gone.find(buffer, start, end)
    if (gone >= 0) this.#gone.delete(gone)
    this.size++
    return slot
  }

  /** Slot of a row by its key on disk, of which the row may be at hand; -1: it was deleted. */
  load(key: Buffer, row?: Buffer): number {
    if (isHashed(key)) return this.#loadHashed(key, row)
    const slot = this.#known(key, 1)
    if (slot !== undefined) return slot
    const content = row ?? this.database.getBinaryFast(key)
    return content === undefined ? -1 : placeRow(this.cached, key, content, this.#options.forms)
  }

  /** Which row it is tells the row alone. */
  #loadHashed(key: Buffer, row?: Buffer): number {
    const content = row ?? this.database.getBinaryFast(key)
    if (content === undefined) return -1
    const whole = keyInRow(content, this.columns)
    const slot = whole === undefined ? this.#known(key, 1) : this.#known(whole, 0)
    return slot ?? placeRow(this.cached, key, content, this.#options.forms)
  }

  /** -1: it was deleted; undefined: it must be read. */
  #known(key: Buffer, start: number): number | undefined {
    const slot = this.cached.find(key, start, key.length)
    if (slot >= 0) return slot
    return this.#gone.size > 0 && this.#gone.find(key, start, key.length) >= 0 ? -1 : undefined
  }

  timestamp(slot: number): number {
    return this.cached.timestamp(slot)
  }

  setTimestamp(slot: number, timestamp: number): void {
    this.cached.setTimestamp(slot, timestamp)
  }

  relocate(slot: number, timestamp: number): void {
    this.cached.relocate(slot, timestamp)
  }

  number(slot: number, column: number): number {
    return this.cached.number(slot, column)
  }

  setNumber(slot: number, column: number, value: number): void {
    this.cached.setNumber(slot, column, value)
  }

  keyBuffer(slot: number): Buffer {
    return this.cached.keyBuffer(slot)
  }

  keyStart(slot: number): number {
    return this.cached.keyStart(slot)
  }

  keyEnd(slot: number): number {
    return this.cached.keyEnd(slot)
  }

  keyLength(slot: number): number {
    return this.cached.keyLength(slot)
  }

  hasValue(slot: number): boolean {
    return this.cached.hasValue(slot)
  }

  valueBuffer(slot: number): Buffer {
    return this.cached.valueBuffer(slot)
  }

  valueStart(slot: number): number {
    return this.cached.valueStart(slot)
  }

  valueEnd(slot: number): number {
    return this.cached.valueEnd(slot)
  }

  valueLength(slot: number): number {
    return this.cached.valueLength(slot)
  }

  setValue(slot: number, buffer: Uint8Array, start: number, end: number): void {
    this.cached.setValue(slot, buffer, start, end)
  }

  setNull(slot: number): void {
    this.cached.setNull(slot)
  }

  hasDoubles(count: number): boolean {
    return this.cached.hasDoubles(count)
  }

  double(slot: number, index: number): number {
    return this.cached.double(slot, index)
  }

  beginDoubles(slot: number, count: number): void {
    this.cached.beginDoubles(slot, count)
  }

  setDouble(slot: number, index: number, value: number): void {
    this.cached.setDouble(slot, index, value)
  }

  delete(slot: number): void {
    const { cached } = this
    this.#gone.insert(cached.keyBuffer(slot), cached.keyStart(slot), cached.keyEnd(slot), 0)
    cached.delete(slot)
    this.size--
  }

  mark(): void {
    this.cached.mark()
    this.#gone.mark()
    this.#markedSize = this.size
  }

  rollback(): void {
    this.cached.rollback()
    this.#gone.rollback()
    this.size = this.#markedSize
  }

  commit(): void {
    const { cached, times } = this
    this.eachDirty((slot, live) => {
      const key = diskKeyOf(cached, slot)
      const row = live ? rowBytes(cached, slot, this.#options.forms.current) : undefined
      this.#changes.push({ key, row, time: times === undefined ? 0 : times.timeOf(slot) })
      this.#changeBytes += key.length + (row?.length ?? 0) + 64
    })
    cached.commit()
    this.#gone.commit()
    this.#markedSize = this.#committedSize = this.size
    this.#committedBytes = cached.allocatedBytes
  }

  abort(): void {
    this.cached.abort()
    this.#gone.abort()
    this.size = this.#markedSize = this.#committedSize
  }

  eachDirty(visit: (slot: number, live: boolean) => void): void {
    this.cached.eachDirty(visit)
  }

  compareKeys(a: number, b: number, suffix = 0): number {
    return this.cached.compareKeys(a, b, suffix)
  }

  /** What is asked for is read into memory first. */
  inKeyOrder(from?: Uint8Array, to?: Uint8Array): readonly number[] {
    const marked = (key?: Uint8Array): Buffer | undefined => (key === undefined ? key : markedKey(key, 0, key.length))
    const range = rangeOf(marked(from), marked(to))
    for (const { key, value } of this.database.getRange(range)) this.load(key, value)
    return this.cached.inKeyOrder(from, to)
  }

  clear(): void {
    this.cached.clear()
    this.#gone.clear()
    this.database.clearSync()
    this.times?.database.clearSync()
    this.#forgetChanges()
    this.size = this.#markedSize = this.#committedSize = 0
    this.epoch++
  }

  /** What commits have handed over goes to disk: within a transaction, and `written` after its end. */
  write(): void {
    for (const change of this.#changes) {
      if (this.times !== undefined) writeTime(this.times, this.database, change)
      if (change.row === undefined) this.database.removeSync(change.key)
      else this.database.putSync(change.key, change.row)
    }
  }

  /** Makes room in memory. */
  written(): void {
    this.#forgetChanges()
    const { cached } = this
    if (cached.allocatedBytes <= this.#options.cacheBytes) return
    this.epoch++
    forget(cached)
    forget(this.#gone)
    this.#committedBytes = Math.min(this.#committedBytes, cached.allocatedBytes)
  }

  #forgetChanges(): void {
    this.#changes = []
    this.#changeBytes = 0
  }
}

/** Pages are given back only when all rows go. */
const forget = (table: MemoryTable): void => {
  if (table.journalBytes === 0) {
    table.clear()
    return
  }
  for (let slot = 0; slot < table.slotLimit; slot++) if (table.isLive(slot)) table.evict(slot)
}

const writeTime = (times: TimedRows, rows: LmdbDatabase, { key, row, time }: Change): void => {
  const old = rows.getBinaryFast(key)
  const oldTime = old !== undefined && times.byTimestamp ? timestampOf(old) : time
  if (old !== undefined && (row === undefined || oldTime !== time)) times.database.removeSync(timeKey(oldTime, key))
  if (row !== undefined && (old === undefined || oldTime !== time)) times.database.putSync(timeKey(time, key), NOTHING)
}
