/** What becomes of an application when an executor fails: the policy, and how long a new executor waits. */

/**
 * `replace_worker`: a new executor takes the place of the one that failed and begins at the last commit.
 * `stop_client`: this process ends in ERROR; others of the application take over.
 * `stop_application`: all processes of the application end in ERROR.
 */
export type UncaughtErrorResponse = (typeof UNCAUGHT_ERROR_RESPONSES)[number]

export type UncaughtErrorHandler = (error: Error) => UncaughtErrorResponse

export const UNCAUGHT_ERROR_RESPONSES = ['replace_worker', 'stop_client', 'stop_application'] as const

/** Another process of the application has failed and, by its policy, stops them all. */
export class ApplicationStoppedError extends Error {
  override readonly name = 'ApplicationStoppedError'

  constructor(reason: string) {
    super(`another process has stopped the application: ${reason}`)
  }
}

const FIRST_PAUSE_MS = 100
const MAX_PAUSE_MS = 10_000
/** Without a failure for so long, the next one is a first one. */
const CALM_MS = 60_000

export class UncaughtErrors {
  readonly #respond: UncaughtErrorHandler
  readonly #now: () => number
  #failures = 0
  #last = -Infinity

  constructor(respond: UncaughtErrorResponse | UncaughtErrorHandler, now: () => number = () => performance.now()) {
    this.#respond = typeof respond === 'function' ? respond : () => respond
    this.#now = now
  }

  /** A handler that throws is no reason to go on. */
  responseTo(error: Error): UncaughtErrorResponse {
    // Another process has the tasks, and this one can have others: nothing is wrong with the pipeline.
    if (error.name === 'TransactionFencedError') return 'replace_worker'
    try {
      return this.#respond(error)
    } catch {
      return 'stop_client'
    }
  }

  /** How long to wait before the executor is replaced: what fails at once again must not do so all the time. */
  nextPause(): number {
    const now = this.#now()
    if (now - this.#last > CALM_MS) this.#failures = 0
    this.#last = now
    return this.#failures++ === 0 ? 0 : Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#failures - 2))
  }
}
