/** When commits are due: at the beats of an interval. No timer runs while nothing is done: idling must cost nothing. */

export class CommitBeat {
  readonly #intervalMs: number
  readonly #commit: () => void
  #since = 0
  #timer: NodeJS.Timeout | undefined

  constructor(intervalMs: number, commit: () => void) {
    this.#intervalMs = intervalMs
    this.#commit = commit
  }

  /** The beats are counted from now on. */
  begin(): void {
    this.#since = performance.now()
  }

  /** There is something to commit, at the next beat. */
  atNext(): void {
    if (this.#timer !== undefined) return
    const sinceBeat = (performance.now() - this.#since) % this.#intervalMs
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#commit()
    }, this.#intervalMs - sinceBeat)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
