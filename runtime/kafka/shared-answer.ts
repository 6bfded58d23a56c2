/** Counts who still reads the memory of one response, and lets it be used again when nobody does. */
export class SharedAnswer {
  /** All of the response, read or not. */
  readonly bytes: number
  #readers = 1
  #readBytes = 0
  readonly #giveBack: () => void

  /** Whoever makes it is its first reader. */
  constructor(bytes: number, giveBack: () => void) {
    this.bytes = bytes
    this.#giveBack = giveBack
  }

  /** The part of it that is still to be read. */
  get readBytes(): number {
    return this.#readBytes
  }

  retain(bytes: number): void {
    this.#readers++
    this.#readBytes += bytes
  }

  release(bytes = 0): void {
    this.#readBytes -= bytes
    if (--this.#readers === 0) this.#giveBack()
  }
}
