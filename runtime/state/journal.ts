/** What a table needs to undo writes: entries in order, in fixed pages. */

export const Entry = {
  /** A row was inserted. */
  Insert: 0,
  /** A row was written: its pre-image. */
  Update: 1,
  /** A row left the index; it is freed at the commit. */
  Delete: 2,
  /** A value that was written and replaced by the same record. */
  Garbage: 3,
} as const

const PAGE_ENTRIES = 1 << 10
const HEAD = 5

export class Journal {
  length = 0
  readonly #pages: Float64Array[] = []
  readonly #stride: number

  /** `width`: doubles that an entry keeps of a row. */
  constructor(width: number) {
    this.#stride = HEAD + width
  }

  get bytes(): number {
    return this.length * this.#stride * 8
  }

  /** Page in which an entry lies. */
  page(index: number): Float64Array {
    return this.#pages[index >>> 10]!
  }

  /** Position of an entry in its page: kind, slot, value address, value length, stamp; behind it, at +5, the numbers. */
  at(index: number): number {
    return (index & (PAGE_ENTRIES - 1)) * this.#stride
  }

  push(kind: number, slot: number, valueAddress: number, valueLength: number, stamp: number): number {
    const index = this.length++
    if (index >>> 10 === this.#pages.length) this.#pages.push(new Float64Array(PAGE_ENTRIES * this.#stride))
    const page = this.#pages[index >>> 10]!
    const at = this.at(index)
    page[at] = kind
    page[at + 1] = slot
    page[at + 2] = valueAddress
    page[at + 3] = valueLength
    page[at + 4] = stamp
    return index
  }

  /** Writes an entry once more, in the place of one before it. */
  move(from: number, to: number): void {
    const source = this.page(from)
    const target = this.page(to)
    const start = this.at(from)
    const at = this.at(to)
    for (let i = 0; i < this.#stride; i++) target[at + i] = source[start + i]!
  }

  /** Forgets the entries from `length` on. */
  truncate(length: number): void {
    this.length = length
  }

  /** Keeps the pages that this commit interval has used, for the next one. */
  clear(): void {
    this.#pages.length = Math.min(this.#pages.length, Math.max(1, (this.length + PAGE_ENTRIES - 1) >>> 10))
    this.length = 0
  }
}

export { HEAD as ENTRY_NUMBERS }
