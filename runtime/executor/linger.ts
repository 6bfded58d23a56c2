/** When the open batches of tasks leave: after they have waited for more records, or at once where waiting gains nothing. */

interface OpenBatches {
  /** When the first of them was begun, `performance.now()`; 0: none is open. */
  readonly openSince: number
  /** Hands them to the producer. */
  seal(): void
}

export interface LingerOptions {
  /** How long a batch waits for more records. */
  readonly lingerMs: number
  /** It does not wait while nothing is under way to the brokers. */
  readonly lingersOnlyBehind: boolean
}

export class Linger {
  readonly #options: LingerOptions
  readonly #isIdle: () => boolean
  readonly #wake: () => void
  #timer: NodeJS.Timeout | undefined

  /** `isIdle`: nothing is under way; `wake`: has `sealDue` called again. */
  constructor(options: LingerOptions, isIdle: () => boolean, wake: () => void) {
    this.#options = options
    this.#isIdle = isIdle
    this.#wake = wake
  }

  /**
   * Once the batches of one task have waited long enough, all open ones leave: together they take one request, and each one
   * on its own would only wait for its turn at the broker. At once, if more would have to come from the broker first (not
   * `more`) and none is under way to it.
   */
  sealDue(tasks: Iterable<OpenBatches>, more: boolean): void {
    const open = [...tasks].filter(({ openSince }) => openSince !== 0)
    if (open.length === 0) return
    const due = Math.min(...open.map(({ openSince }) => openSince)) + this.#options.lingerMs
    const hurries = this.#options.lingersOnlyBehind && !more && this.#isIdle()
    if (hurries || performance.now() >= due) for (const batches of open) batches.seal()
    else this.#waitUntil(due)
  }

  /** Everything that was under way has arrived: nobody waits for it any more. */
  onIdle(): void {
    if (this.#timer !== undefined && this.#options.lingersOnlyBehind) this.#wake()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #waitUntil(time: number): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined
        this.#wake()
      },
      Math.max(0, Math.ceil(time - performance.now())),
    )
  }
}
