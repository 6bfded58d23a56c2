/** Rows of a table: fixed pages of fields and numbers, addressed by slot. A slot stays where it is as long as its row lives. */

const PAGE_SHIFT = 12
const PAGE_ROWS = 1 << PAGE_SHIFT
const ROW_MASK = PAGE_ROWS - 1

/** Fields of a row, 32-bit. */
export const Field = {
  Hash: 0,
  KeyAddress: 1,
  KeyLength: 2,
  ValueAddress: 3,
  /** -1: null. */
  ValueLength: 4,
  /** Mark at which the row was last journaled. */
  Stamp: 5,
  /** Bits of `Flag`. */
  Flags: 6,
} as const
export type Field = (typeof Field)[keyof typeof Field]
const FIELDS = 7

export const Flag = {
  /** The row is in the index. */
  Live: 1,
  /** It was inserted since the last commit. */
  Born: 2,
  /** Its value was written by the record that touched it last. */
  Fresh: 4,
} as const

export class Rows {
  /** Slots are below it. */
  limit = 0
  readonly #fields: Int32Array[] = []
  readonly #numbers: Float64Array[] = []
  /** First free slot, -1: none; free rows are chained through KeyAddress. */
  #free = -1
  /** Numbers of a row: its timestamp, then its columns. */
  readonly #width: number

  constructor(columns: number) {
    this.#width = columns + 1
  }

  get allocatedBytes(): number {
    return this.#fields.length * PAGE_ROWS * (4 * FIELDS + 8 * this.#width)
  }

  /** A slot with all fields and numbers 0, value null. */
  allocate(): number {
    let slot = this.#free
    if (slot >= 0) {
      this.#free = this.get(slot, Field.KeyAddress)
      const at = (slot & ROW_MASK) * FIELDS
      this.#fields[slot >>> PAGE_SHIFT]!.fill(0, at, at + FIELDS)
    } else {
      slot = this.limit++
      if ((slot & ROW_MASK) === 0) {
        this.#fields.push(new Int32Array(PAGE_ROWS * FIELDS))
        this.#numbers.push(new Float64Array(PAGE_ROWS * this.#width))
      }
    }
    this.set(slot, Field.ValueLength, -1)
    const at = (slot & ROW_MASK) * this.#width
    this.#numbers[slot >>> PAGE_SHIFT]!.fill(0, at, at + this.#width)
    return slot
  }

  free(slot: number): void {
    this.set(slot, Field.Flags, 0)
    this.set(slot, Field.KeyAddress, this.#free)
    this.#free = slot
  }

  get(slot: number, field: Field): number {
    return this.#fields[slot >>> PAGE_SHIFT]![(slot & ROW_MASK) * FIELDS + field]!
  }

  set(slot: number, field: Field, value: number): void {
    this.#fields[slot >>> PAGE_SHIFT]![(slot & ROW_MASK) * FIELDS + field] = value
  }

  /** `index` 0 is the timestamp, then the columns. */
  number(slot: number, index: number): number {
    return this.#numbers[slot >>> PAGE_SHIFT]![(slot & ROW_MASK) * this.#width + index]!
  }

  setNumber(slot: number, index: number, value: number): void {
    this.#numbers[slot >>> PAGE_SHIFT]![(slot & ROW_MASK) * this.#width + index] = value
  }

  copyNumbersTo(slot: number, target: Float64Array, at: number): void {
    const page = this.#numbers[slot >>> PAGE_SHIFT]!
    const from = (slot & ROW_MASK) * this.#width
    for (let i = 0; i < this.#width; i++) target[at + i] = page[from + i]!
  }

  copyNumbersFrom(slot: number, source: Float64Array, at: number): void {
    const page = this.#numbers[slot >>> PAGE_SHIFT]!
    const to = (slot & ROW_MASK) * this.#width
    for (let i = 0; i < this.#width; i++) page[to + i] = source[at + i]!
  }

  clearStamps(): void {
    for (const page of this.#fields) for (let at = Field.Stamp; at < page.length; at += FIELDS) page[at] = 0
  }

  clear(): void {
    this.limit = 0
    this.#fields.length = 0
    this.#numbers.length = 0
    this.#free = -1
  }
}
