/** Counts who still reads the memory of one response, and lets it be used again when nobody does. */
export class SharedAnswer {
  #readers = 1
  readonly #giveBack: () => void

  /** Whoever makes it is its first reader. */
  constructor(giveBack: () => void) {
    this.#giveBack = giveBack
  }

  retain(): void {
    this.#readers++
  }

  release(): void {
    if (--this.#readers === 0) this.#giveBack()
  }
}
