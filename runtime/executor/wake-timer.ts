/** Wakes an executor at a time of the wall clock: the earliest that its tasks wait for. */

/** Longer ones overflow and fire at once. */
const LONGEST_MS = 2 ** 31 - 1

export class WakeTimer {
  readonly #wake: () => void
  #timer: NodeJS.Timeout | undefined
  #at = Infinity

  constructor(wake: () => void) {
    this.#wake = wake
  }

  /** Replaces the time that was set before; ms since the epoch, Infinity: never. */
  set(at: number): void {
    if (at === this.#at && this.#timer !== undefined) return
    this.clear()
    if (at === Infinity) return
    this.#at = at
    const delay = Math.min(LONGEST_MS, Math.max(0, Math.ceil(at - Date.now())))
    this.#timer = setTimeout(() => {
      this.clear()
      this.#wake()
    }, delay)
  }

  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#at = Infinity
  }
}
