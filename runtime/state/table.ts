/**
 * Key-value table on bytes, the base of all stores: in memory (memory-table.ts) or on disk (disk). A row has a key, a
 * timestamp, `columns` numbers and a value of bytes that may be null; `find` and `insert` return its slot, which stays
 * valid until the row is deleted, on disk until the next `commit` as well. Spans that are read (`keyBuffer`,
 * `valueBuffer` …) stay valid until the next `mark`, that of a value until the row has another one.
 *
 * Undo: `mark` begins an input record, `rollback` takes back what was written since. `commit` makes everything since the
 * last commit final, `abort` takes all of it back. Between the two, `eachDirty` tells what the changelog needs.
 */
export interface Table {
  readonly columns: number
  /** Rows that live. */
  readonly size: number
  /** Whether the last `insert` made a new row. */
  readonly inserted: boolean
  /**
   * Grows with `rollback`, `commit`, `abort`, `clear`, and when slots become invalid: until then rows are where and as
   * their user has left them.
   */
  readonly generation: number
  /** Most bytes of a key with its value. */
  maxRowBytes: number
  /** Of pages in memory, used or not. */
  readonly allocatedBytes: number
  /** Size of what `abort` would need: when it grows large, commit. */
  readonly journalBytes: number

  isLive(slot: number): boolean
  /** Slot of a key, -1: absent. */
  find(buffer: Uint8Array, start: number, end: number): number
  /**
   * Slot of a key; a new row has this timestamp (ms), columns 0 and value null, an old one stays as it is.
   * Throws RowTooLargeError.
   */
  insert(buffer: Uint8Array, start: number, end: number, timestamp: number): number
  timestamp(slot: number): number
  setTimestamp(slot: number, timestamp: number): void
  /** While rows are restored: a row that may stand in its place by the time that it had. */
  relocate(slot: number, timestamp: number): void
  /** A column, from 0. */
  number(slot: number, column: number): number
  setNumber(slot: number, column: number, value: number): void
  keyBuffer(slot: number): Buffer
  keyStart(slot: number): number
  keyEnd(slot: number): number
  keyLength(slot: number): number
  hasValue(slot: number): boolean
  /** Of a row that has a value. */
  valueBuffer(slot: number): Buffer
  valueStart(slot: number): number
  valueEnd(slot: number): number
  /** -1: null. */
  valueLength(slot: number): number
  /** Copies the bytes. Throws RowTooLargeError. */
  setValue(slot: number, buffer: Uint8Array, start: number, end: number): void
  setNull(slot: number): void
  /** Whether values of so many doubles, as Avro writes them, stand in the rows: `double` and so on are for them alone. */
  hasDoubles(count: number): boolean
  /** Of the value of a row that has one. */
  double(slot: number, index: number): number
  /** Begins a value; each of its doubles is set next. Throws RowTooLargeError. */
  beginDoubles(slot: number, count: number): void
  setDouble(slot: number, index: number, value: number): void
  /** Of a row that lives. The slot is invalid afterwards, except to read it until the next `mark`. */
  delete(slot: number): void

  /** Begins an input record: what was written before stays, unless the interval is aborted. */
  mark(): void
  /** Takes back everything since `mark`. */
  rollback(): void
  /** Everything until now is final. */
  commit(): void
  /** Takes back everything since the last commit. */
  abort(): void
  /** Rows that were written since the last commit, each once; `live` false: the key was there before and is no more. */
  eachDirty(visit: (slot: number, live: boolean) => void): void

  /** Order of two rows by the bytes of their keys, unsigned; equal ones by their last `suffix` bytes. */
  compareKeys(a: number, b: number, suffix?: number): number
  /** Rows by the bytes of their keys, those bounds included; none may go or come meanwhile. */
  inKeyOrder(from?: Uint8Array, to?: Uint8Array): Iterable<number>
  /** Forgets all rows, without a trace in the journal. */
  clear(): void
}

/** A key with its value is larger than a record of the changelog may be. Thrown before anything is written. */
export class RowTooLargeError extends Error {
  override name = 'RowTooLargeError'

  constructor(bytes: number, limit: number) {
    super(`a row of ${bytes} bytes: its store's changelog takes ${limit}`)
  }
}
