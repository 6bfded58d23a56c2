/** A growing array of 32-bit integers in fixed pages: growth copies nothing. Elements that were never set are 0. */

const PAGE_SHIFT = 12
const PAGE_MASK = (1 << PAGE_SHIFT) - 1

export class PagedInt32 {
  length = 0
  readonly #pages: Int32Array[] = []

  get allocatedBytes(): number {
    return this.#pages.length << (PAGE_SHIFT + 2)
  }

  get(index: number): number {
    return this.#pages[index >>> PAGE_SHIFT]![index & PAGE_MASK]!
  }

  set(index: number, value: number): void {
    while (index >>> PAGE_SHIFT >= this.#pages.length) this.#pages.push(new Int32Array(1 << PAGE_SHIFT))
    this.#pages[index >>> PAGE_SHIFT]![index & PAGE_MASK] = value
    if (index >= this.length) this.length = index + 1
  }

  push(value: number): void {
    this.set(this.length, value)
  }

  /** Drops what lies at `length` and behind it. */
  truncate(length: number): void {
    this.length = length
    this.#pages.length = (length + PAGE_MASK) >>> PAGE_SHIFT
  }
}
