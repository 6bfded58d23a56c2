/**
 * Closing windows when no input comes (`idle: { closeAfter }`): how long an operator has had no record, by the wall clock.
 * The clock runs only while there is nothing to read: what a task has not got to yet, or cannot fetch, is no silence.
 */
import type { Clocked, TaskClock } from './task-clock.js'

/** What the runtime knows of the inputs of a task. */
export interface Quiet {
  isIdle(): boolean
}

export class IdleClosing implements Clocked {
  readonly #clock: TaskClock
  readonly #inputs: Quiet
  readonly #closeAfter: number
  /** When the operator had its last record, ms since the epoch; Infinity: its windows are closed. */
  #quietSince: number

  constructor(clock: TaskClock, inputs: Quiet, closeAfter: number) {
    this.#clock = clock
    this.#inputs = inputs
    this.#closeAfter = closeAfter
    // What a task finds in its stores when it begins is closed, too.
    this.#quietSince = clock.now()
    clock.add(this)
  }

  /** A record has come. */
  seen(): void {
    this.#quietSince = this.#clock.now()
  }

  /** Stream time closes windows by itself. */
  advance(): void {
    // Nothing to note.
  }

  dueAt(wall: number): number {
    const at = this.nextWallClock()
    if (wall < at) return Infinity
    if (this.#inputs.isIdle()) return at
    this.#quietSince = wall
    return Infinity
  }

  nextWallClock(): number {
    return this.#quietSince + this.#closeAfter
  }

  /** Whether windows are to be closed in this turn of the clock; each silence closes them once. */
  take(): boolean {
    const clock = this.#clock
    if (!clock.takeTurn(this)) return false
    const since = this.#quietSince
    this.#quietSince = Infinity
    clock.undo = () => {
      this.#quietSince = since
    }
    const { skips } = clock
    clock.skips = false
    return !skips
  }
}
