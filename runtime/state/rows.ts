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
/** One is spare, so that numbers are aligned. */
const FIELDS = 8

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
  /** Both are views of the same pages: fields and numbers of a row lie side by side. */
  readonly #fields: Int32Array[] = []
  readonly #numbers: Float64Array[] = []
  /** First free slot, -1: none; free rows are chained through KeyAddress. */
  #free = -1
  /** Numbers of a row: its timestamp, then its columns. */
  readonly #width: number
  /** Of a row, in doubles; half of that in fields. */
  readonly #stride: number

  constructor(columns: number) {
    this.#width = columns + 1
    this.#stride = FIELDS / 2 + this.#width
  }

  get allocatedBytes(): number {
    return this.#fields.length * PAGE_ROWS * 8 * this.#stride
  }

  /** A slot with all fields and numbers 0, value null. */
  allocate(): number {
    let slot = this.#free
    if (slot >= 0) {
      this.#free = this.get(slot, Field.KeyAddress)
      const at = (slot & ROW_MASK) * this.#stride
      this.#numbers[slot >>> PAGE_SHIFT]!.fill(0, at, at + this.#stride)
    } else {
      slot = this.limit++
      if ((slot & ROW_MASK) === 0) {
        const page = new ArrayBuffer(PAGE_ROWS * 8 * this.#stride)
        this.#fields.push(new Int32Array(page))
        this.#numbers.push(new Float64Array(page))
      }
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

  /** `index` 0 is the timestamp, then the columns. */
  number(slot: number, index: number): number {
    return this.#numbers[slot >>> PAGE_SHIFT]![this.#numbersAt(slot) + index]!
  }

  setNumber(slot: number, index: number, value: number): void {
    this.#numbers[slot >>> PAGE_SHIFT]![this.#numbersAt(slot) + index] = value
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
    for (const page of this.#fields) for (let at = Field.Stamp; at < page.length; at += stride) page[at] = 0
  }

  clear(): void {
    this.limit = 0
    this.#fields.length = 0
    this.#numbers.length = 0
    this.#free = -1
  }

  #numbersAt(slot: number): number {
    return (slot & ROW_MASK) * this.#stride + FIELDS / 2
  }
}
