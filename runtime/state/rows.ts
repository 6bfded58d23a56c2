/**
 * Rows of a table: fixed pages, addressed by slot. A slot stays where it is as long as its row lives. A row is fields, its
 * numbers, room for a short value and for a short key: what a record needs of a row lies side by side.
 */

const PAGE_SHIFT = 12
const PAGE_ROWS = 1 << PAGE_SHIFT
const ROW_MASK = PAGE_ROWS - 1

/** Fields of a row, 32-bit. */
export const Field = {
  Hash: 0,
  /** In the arena; 0: the key is in the row. */
  KeyAddress: 1,
  KeyLength: 2,
  /** As KeyAddress. */
  ValueAddress: 3,
  /** -1: null. */
  ValueLength: 4,
  /** Mark at which the row was last journaled. */
  Stamp: 5,
  /** Bits of `Flag`. */
  Flags: 6,
  /** Mark at which the row was inserted; 0: it was placed. */
  Birth: 7,
} as const
export type Field = (typeof Field)[keyof typeof Field]
const FIELDS = 8
/** Keys up to here are in the row, if its first key is. */
const MOST_KEY_BYTES = 48
/** So much longer may keys be than the first one. */
const KEY_SLACK = 4

export const Flag = {
  /** The row is in the index. */
  Live: 1,
  /** Its value was written by the record that touched it last. */
  Fresh: 2,
} as const

export class Rows {
  /** Slots are below it. */
  limit = 0
  /** Longest value that fits into a row. */
  readonly valueBytes: number
  /** Longest key that fits into a row: the first one tells, since keys of a table are mostly alike. */
  keyBytes = 0
  /** All are views of the same pages. */
  readonly #fields: Int32Array[] = []
  readonly #numbers: Float64Array[] = []
  readonly #bytes: Buffer[] = []
  readonly #views: DataView[] = []
  /** First free slot, -1: none; free rows are chained through KeyAddress. */
  #free = -1
  /** Doubles of a row that its journal keeps: timestamp, columns, value. */
  readonly #width: number
  /** Of a row, in doubles; half of that in fields. */
  #stride = 0
  /** Where the value and the key begin in a row, in bytes. */
  readonly #valueAt: number
  readonly #keyAt: number

  constructor(columns: number, valueBytes: number) {
    this.valueBytes = (valueBytes + 7) & ~7
    this.#width = 1 + columns + this.valueBytes / 8
    this.#valueAt = 4 * FIELDS + 8 * (1 + columns)
    this.#keyAt = this.#valueAt + this.valueBytes
  }

  /** Doubles of a row that its journal keeps. */
  get width(): number {
    return this.#width
  }

  get allocatedBytes(): number {
    return this.#fields.length * PAGE_ROWS * 8 * this.#stride
  }

  /** A slot with all fields and numbers 0, value null, for a key of this length. */
  allocate(keyLength: number): number {
    let slot = this.#free
    if (slot >= 0) {
      this.#free = this.get(slot, Field.KeyAddress)
      const at = (slot & ROW_MASK) * this.#stride
      const page = this.#numbers[slot >>> PAGE_SHIFT]!
      for (let i = 0; i < FIELDS / 2 + this.#width; i++) page[at + i] = 0
    } else {
      if (this.limit === 0) this.#layOut(keyLength)
      slot = this.limit++
      if ((slot & ROW_MASK) === 0) this.#addPage()
    }
    this.set(slot, Field.ValueLength, -1)
    return slot
  }

  free(slot: number): void {
    this.set(slot, Field.Flags, 0)
    this.set(slot, Field.KeyAddress, this.#free)
    this.#free = slot
  }

  get(slot: number, field: Field): number {
    return this.#fields[slot >>> PAGE_SHIFT]![(slot & ROW_MASK) * 2 * this.#stride + field]!
  }

  set(slot: number, field: Field, value: number): void {
    this.#fields[slot >>> PAGE_SHIFT]![(slot & ROW_MASK) * 2 * this.#stride + field] = value
  }

  /** `index` 0 is the timestamp, then the columns, then the doubles of the value. */
  number(slot: number, index: number): number {
    return this.#numbers[slot >>> PAGE_SHIFT]![this.#numbersAt(slot) + index]!
  }

  setNumber(slot: number, index: number, value: number): void {
    this.#numbers[slot >>> PAGE_SHIFT]![this.#numbersAt(slot) + index] = value
  }

  /** Buffer that a row is in. */
  bytes(slot: number): Buffer {
    return this.#bytes[slot >>> PAGE_SHIFT]!
  }

  /** Of the same bytes. */
  view(slot: number): DataView {
    return this.#views[slot >>> PAGE_SHIFT]!
  }

  /** Where in it the row has room for a value. */
  valueStart(slot: number): number {
    return (slot & ROW_MASK) * 8 * this.#stride + this.#valueAt
  }

  keyStart(slot: number): number {
    return (slot & ROW_MASK) * 8 * this.#stride + this.#keyAt
  }

  copyNumbersTo(slot: number, target: Float64Array, at: number): void {
    const page = this.#numbers[slot >>> PAGE_SHIFT]!
    const from = this.#numbersAt(slot)
    for (let i = 0; i < this.#width; i++) target[at + i] = page[from + i]!
  }

  copyNumbersFrom(slot: number, source: Float64Array, at: number): void {
    const page = this.#numbers[slot >>> PAGE_SHIFT]!
    const to = this.#numbersAt(slot)
    for (let i = 0; i < this.#width; i++) page[to + i] = source[at + i]!
  }

  clearStamps(): void {
    const stride = 2 * this.#stride
    for (const page of this.#fields) {
      for (let at = 0; at < page.length; at += stride) page[at + Field.Stamp] = page[at + Field.Birth] = 0
    }
  }

  clear(): void {
    this.limit = 0
    this.#fields.length = 0
    this.#numbers.length = 0
    this.#bytes.length = 0
    this.#views.length = 0
    this.#free = -1
  }

  #layOut(keyLength: number): void {
    this.keyBytes = keyLength > MOST_KEY_BYTES ? 0 : Math.min(MOST_KEY_BYTES, (keyLength + KEY_SLACK + 7) & ~7)
    this.#stride = (this.#keyAt + this.keyBytes) / 8
  }

  #addPage(): void {
    const page = new ArrayBuffer(PAGE_ROWS * 8 * this.#stride)
    this.#fields.push(new Int32Array(page))
    this.#numbers.push(new Float64Array(page))
    this.#bytes.push(Buffer.from(page))
    this.#views.push(new DataView(page))
  }

  #numbersAt(slot: number): number {
    return (slot & ROW_MASK) * this.#stride + FIELDS / 2
  }
}
