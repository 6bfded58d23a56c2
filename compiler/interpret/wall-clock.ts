/** The wall clock of an interpreter: it stands still until it is moved. */
export class WallClock {
  /** Ms. */
  now: number
  readonly #listeners: ((now: number) => void)[] = []

  constructor(now = 0) {
    this.now = now
  }

  onAdvance(listener: (now: number) => void): void {
    this.#listeners.push(listener)
  }

  /** Never back. */
  advance(now: number): void {
    this.now = Math.max(this.now, now)
    for (const listener of this.#listeners) listener(this.now)
  }
}
