/**
 * Memory for keys and values of a store: fixed pages, so that nothing is ever copied to grow, and free lists by size, so
 * that updates in place of one another need no compaction. An address is a number of 8-byte units, 0 is none; a span is
 * an address and the length it was allocated with.
 */
import { viewOf } from '../generated/text.js'

const UNIT_SHIFT = 3
const PAGE_SHIFT = 20
const PAGE_BYTES = 1 << PAGE_SHIFT
const UNITS_SHIFT = PAGE_SHIFT - UNIT_SHIFT
const UNIT_MASK = (1 << UNITS_SHIFT) - 1
/** Up to here each number of units is a class of its own; above, there are four classes for each power of two. */
const EXACT_UNITS = 64
const MAX_PAGES = 1 << (32 - UNITS_SHIFT)

/** A store holds more than its addresses reach: 32 GiB. */
export class ArenaFullError extends Error {
  override name = 'ArenaFullError'
}

/** Size class of a length in bytes; its units by `unitsOf`. */
const classOf = (length: number): number => {
  const units = length <= 8 ? 1 : (length + 7) >>> UNIT_SHIFT
  if (units <= EXACT_UNITS) return units
  const power = 31 - Math.clz32(units - 1)
  return EXACT_UNITS + 1 + (power - 6) * 4 + (((units - 1) >>> (power - 2)) & 3)
}

const unitsOf = (sizeClass: number): number => {
  if (sizeClass <= EXACT_UNITS) return sizeClass
  const step = sizeClass - EXACT_UNITS - 1
  const power = 6 + (step >>> 2)
  return (1 << power) + ((step & 3) + 1) * (1 << (power - 2))
}

/** Quicker than Buffer's, which check what is certain here. */
const readAddress = (page: Buffer, at: number): number =>
  (page[at]! | (page[at + 1]! << 8) | (page[at + 2]! << 16) | (page[at + 3]! << 24)) >>> 0

const writeAddress = (page: Buffer, at: number, address: number): void => {
  page[at] = address
  page[at + 1] = address >>> 8
  page[at + 2] = address >>> 16
  page[at + 3] = address >>> 24
}

const NO_PAGE = Buffer.alloc(0)

export class Arena {
  /** Bytes of spans that are in use, rounded up to their size class. */
  usedBytes = 0
  readonly #pages: Buffer[] = []
  readonly #views: DataView[] = []
  /** First free span by class; a free span holds the address of the next one. */
  readonly #free: number[] = []
  /** Numbers of pages whose single oversized span was freed. */
  readonly #freePages: number[] = []
  #allocatedBytes = 0
  /** Page that is being filled, and where its free units begin and end, as addresses. */
  #next = 0
  #limit = 0

  get allocatedBytes(): number {
    return this.#allocatedBytes
  }

  /** Throws ArenaFullError. Contents are undefined. */
  allocate(length: number): number {
    const sizeClass = classOf(length)
    const units = unitsOf(sizeClass)
    if (units > UNIT_MASK) return this.#allocatePage(length)
    this.usedBytes += units << UNIT_SHIFT
    const free = this.#free[sizeClass] ?? 0
    if (free !== 0) {
      this.#free[sizeClass] = readAddress(this.page(free), this.start(free))
      return free
    }
    if (this.#next + units > this.#limit) this.#addPage()
    const address = this.#next
    this.#next += units
    return address
  }

  /** `length` as it was allocated. */
  free(address: number, length: number): void {
    const sizeClass = classOf(length)
    const units = unitsOf(sizeClass)
    if (units > UNIT_MASK) {
      const page = address >>> UNITS_SHIFT
      const bytes = this.#pages[page]!.length
      this.usedBytes -= bytes
      this.#allocatedBytes -= bytes
      this.#pages[page] = NO_PAGE
      this.#views[page] = viewOf(NO_PAGE)
      this.#freePages.push(page)
      return
    }
    this.usedBytes -= units << UNIT_SHIFT
    writeAddress(this.page(address), this.start(address), this.#free[sizeClass] ?? 0)
    this.#free[sizeClass] = address
  }

  /** Buffer that holds an address. */
  page(address: number): Buffer {
    return this.#pages[address >>> UNITS_SHIFT]!
  }

  /** Of the same bytes. */
  view(address: number): DataView {
    return this.#views[address >>> UNITS_SHIFT]!
  }

  /** Position of an address in its page. */
  start(address: number): number {
    return (address & UNIT_MASK) << UNIT_SHIFT
  }

  clear(): void {
    this.#pages.length = 0
    this.#views.length = 0
    this.#free.length = 0
    this.#freePages.length = 0
    this.#next = 0
    this.#limit = 0
    this.usedBytes = 0
    this.#allocatedBytes = 0
  }

  #addPage(): void {
    // What is left of the old page stays unused: less than one span.
    const page = this.#newPage(PAGE_BYTES)
    this.#next = page * (UNIT_MASK + 1) + (page === 0 ? 1 : 0)
    this.#limit = (page + 1) * (UNIT_MASK + 1)
  }

  #allocatePage(length: number): number {
    const page = this.#newPage(length)
    this.usedBytes += length
    // Address 0 is none: the first page is never an oversized one.
    return page * (UNIT_MASK + 1)
  }

  #newPage(bytes: number): number {
    if (this.#pages.length === 0 && bytes > PAGE_BYTES) this.#addPage()
    const page = this.#freePages.pop() ?? this.#pages.length
    if (page >= MAX_PAGES) throw new ArenaFullError('a store holds more than 32 GiB')
    // Never from Node's shared pool: pages live long.
    const buffer = Buffer.allocUnsafeSlow(bytes)
    this.#pages[page] = buffer
    this.#views[page] = viewOf(buffer)
    this.#allocatedBytes += bytes
    return page
  }
}
