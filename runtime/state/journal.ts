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

  /** `width`: numbers of a row. */
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

  /** Appends an entry of another journal of the same width. */
  append(from: Journal, index: number): void {
    const page = from.page(index)
    const source = from.at(index)
    const target = this.push(page[source]!, page[source + 1]!, page[source + 2]!, page[source + 3]!, page[source + 4]!)
    const to = this.page(target)
    const at = this.at(target)
    for (let i = HEAD; i < this.#stride; i++) to[at + i] = page[source + i]!
  }

  /** Keeps the first page for the next commit interval. */
  clear(): void {
    this.length = 0
    if (this.#pages.length > 1) this.#pages.length = 1
  }
}

export { HEAD as ENTRY_NUMBERS }
