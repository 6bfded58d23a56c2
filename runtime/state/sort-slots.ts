/**
 * Rows in an order that is told by the bytes of their keys. Comparing two keys means looking them up, some hundred
 * thousand times when a window closes: rows are sorted by four bytes of their keys at a time, each of which is looked up
 * once, and only those that stay equal are compared.
 */
import type { TimeOrder } from './backing.js'

/** Below that many rows comparing them is quicker. */
const FEW = 32
/** Keys that are equal that far are compared. */
const MAX_WORDS = 32
const DIGIT_BITS = 11
const DIGITS = 1 << DIGIT_BITS

export function sortSlots(slots: Int32Array, order: TimeOrder): void {
  const { timeOf, compare, word } = order
  const [first = 0] = slots
  const time = slots.length === 0 ? 0 : timeOf(first)
  if (word !== undefined && slots.length > FEW && slots.every((slot) => timeOf(slot) === time)) {
    new WordSort(slots, word, compare).sort(0, slots.length, 0)
  } else slots.sort((a, b) => timeOf(a) - timeOf(b) || compare(a, b))
}

class WordSort {
  readonly #words: Uint32Array
  readonly #otherWords: Uint32Array
  readonly #otherSlots: Int32Array
  readonly #counts = new Uint32Array(DIGITS)

  constructor(
    readonly slots: Int32Array,
    readonly word: (slot: number, at: number) => number,
    readonly compare: (a: number, b: number) => number,
  ) {
    this.#words = new Uint32Array(slots.length)
    this.#otherWords = new Uint32Array(slots.length)
    this.#otherSlots = new Int32Array(slots.length)
  }

  /** Rows of [from, to), which are equal in the words before `index`. */
  sort(from: number, to: number, index: number): void {
    const { slots, word } = this
    const words = this.#words
    if (to - from <= FEW || index === MAX_WORDS) {
      if (to - from > 1) slots.subarray(from, to).sort(this.compare)
      return
    }
    let varying = 0
    for (let i = from; i < to; i++) {
      words[i] = word(slots[i]!, 4 * index)
      varying |= words[i]! ^ words[from]!
    }
    if (varying === 0) {
      this.sort(from, to, index + 1)
      return
    }
    for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
      if (((varying >>> shift) & (DIGITS - 1)) !== 0) this.#distribute(from, to, shift)
    }
    // Inner sorts write words of their own into the ranges that are done.
    for (let start = from; start < to;) {
      const value = words[start]!
      let end = start + 1
      while (end < to && words[end] === value) end++
      this.sort(start, end, index + 1)
      start = end
    }
  }

  /** A stable pass by one digit. */
  #distribute(from: number, to: number, shift: number): void {
    const { slots } = this
    const words = this.#words
    const counts = this.#counts.fill(0)
    for (let i = from; i < to; i++) counts[(words[i]! >>> shift) & (DIGITS - 1)]!++
    let position = from
    for (let digit = 0; digit < DIGITS; digit++) {
      const count = counts[digit]!
      counts[digit] = position
      position += count
    }
    for (let i = from; i < to; i++) {
      const target = counts[(words[i]! >>> shift) & (DIGITS - 1)]!++
      this.#otherWords[target] = words[i]!
      this.#otherSlots[target] = slots[i]!
    }
    words.set(this.#otherWords.subarray(from, to), from)
    slots.set(this.#otherSlots.subarray(from, to), from)
  }
}
