/**
 * Time of one task, and what its operators have to do when it has passed. Stream time is the greatest timestamp of the
 * records that the task has done (Kafka Streams' `StreamTask`); each operator keeps it in a row of its own, so that it is
 * committed, undone and restored as state is.
 */

/** An operator that does something when time has passed. */
export interface Clocked {
  /** A record of the task is done. */
  advance(timestamp: number): void
  /** When the next thing was due, ms; Infinity: nothing is due. */
  dueAt(wall: number): number
  /** When the wall clock makes something due, ms since the epoch; Infinity: never. */
  nextWallClock(): number
}

export class TaskClock {
  /** Whose turn it is; undefined: it has done what was due, and the next thing has a turn of its own, with a mark of its own. */
  turn: Clocked | undefined
  /** What is due next is not done, but counts as done. */
  skips = false
  /** Takes back what is no state of a store and was changed in this turn; undefined: nothing was. */
  undo: (() => void) | undefined
  /** Wall clock of this turn, ms since the epoch. */
  wall = 0
  /** Who had a turn goes to the end, as in Kafka Streams' queue: of those due at one time, the first goes first. */
  readonly #clocked: Clocked[] = []

  /** `input`: what the generated task calls the function of its clock; -1: nothing of it goes by time. */
  constructor(
    readonly input: number,
    readonly now: () => number,
  ) {}

  add(operator: Clocked): void {
    this.#clocked.push(operator)
  }

  /** Whether something is due now that a record is done. */
  advance(timestamp: number): boolean {
    let due = false
    for (const operator of this.#clocked) {
      operator.advance(timestamp)
      if (operator.dueAt(-Infinity) < Infinity) due = true
    }
    return due
  }

  /** Gives the turn to the operator whose thing was due first; false: nothing is due. */
  beginTurn(): boolean {
    this.turn = undefined
    let first = Infinity
    for (const operator of this.#clocked) {
      const at = operator.dueAt(this.wall)
      if (at >= first) continue
      first = at
      this.turn = operator
    }
    return this.turn !== undefined
  }

  /** Whether an operator has the turn; it has none any more. */
  takeTurn(operator: Clocked): boolean {
    if (this.turn !== operator) return false
    this.turn = undefined
    this.#clocked.splice(this.#clocked.indexOf(operator), 1)
    this.#clocked.push(operator)
    return true
  }

  nextWallClock(): number {
    let next = Infinity
    for (const operator of this.#clocked) next = Math.min(next, operator.nextWallClock())
    return next
  }
}
