/**
 * The broker's time: every time stamp, time-out and expiry goes through a `Clock`, so that a test can hold it still
 * and move it. Timers of the system clock do not keep the process alive by themselves.
 */
export interface Timer {
  cancel(): void
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  schedule(delayMs: number, action: () => void): Timer
}

/** setTimeout's limit: longer delays would fire at once. */
const MAX_DELAY_MS = 0x7fff_ffff

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule: (delayMs, action) => {
    const handle = setTimeout(action, Math.min(Math.max(delayMs, 0), MAX_DELAY_MS))
    handle.unref()
    return { cancel: () => clearTimeout(handle) }
  },
}

interface Scheduled {
  readonly at: number
  readonly action: () => void
}

/** Stands still until `advance`. */
export class ManualClock implements Clock {
  #now: number
  #timers: Scheduled[] = []

  constructor(startMs: number) {
    this.#now = startMs
  }

  now(): number {
    return this.#now
  }

  schedule(delayMs: number, action: () => void): Timer {
    const entry = { at: this.#now + Math.max(delayMs, 0), action }
    this.#timers.push(entry)
    return { cancel: () => void (this.#timers = this.#timers.filter((other) => other !== entry)) }
  }

  /** Moves time forward and runs what falls due, in order of time, then of scheduling. */
  advance(ms: number): void {
    const target = this.#now + ms
    for (;;) {
      const due = this.#timers.filter((entry) => entry.at <= target).sort((a, b) => a.at - b.at)[0]
      if (due === undefined) break
      this.#timers = this.#timers.filter((entry) => entry !== due)
      this.#now = Math.max(this.#now, due.at)
      due.action()
    }
    this.#now = target
  }
}
