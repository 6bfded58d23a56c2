/** Time of the tasks of an interpreter, and what is to be done when it has moved on. */
import { StreamTime } from './state/stream-time.js'
import type { Journal } from './state/journal.js'

/** Ms. */
export interface TaskTime {
  readonly stream: number
  readonly wall: number
}

/** What an operator does when time has passed. */
export interface Timed {
  /** When the next thing of a partition was due, ms; Infinity: nothing is due. */
  dueAt(partition: number, time: TaskTime): number
  /** Does it. `skip`: it is not done, but counts as done. */
  fire(partition: number, time: TaskTime, skip: boolean): void
}

/** Of all tasks of a sub-topology. */
export class TaskClock {
  readonly #time: StreamTime
  /** By operator. */
  readonly #timed = new Map<number, Timed>()
  /** How many things were done when an operator had its last turn in a partition. */
  readonly #turns = new Map<string, number>()
  #done = 0
  /** Wall-clock times begin for the first one with the interpreter. */
  readonly #partitions: Set<number>
  wall: number

  constructor(journal: Journal, wall: number, partitions: number) {
    this.#time = new StreamTime(journal)
    this.wall = wall
    this.#partitions = new Set(Array.from({ length: partitions }, (_, partition) => partition))
  }

  get partitions(): readonly number[] {
    return [...this.#partitions].sort((a, b) => a - b)
  }

  onDue(operator: number, timed: Timed): void {
    this.#timed.set(operator, timed)
  }

  /** A record of the task: its time counts when it is done. */
  advance(partition: number, timestamp: number): void {
    this.#partitions.add(partition)
    this.#time.advance(partition, timestamp)
  }

  streamTime(partition: number): number {
    return this.#time.at(partition)
  }

  /** The process begins anew. */
  restart(): void {
    this.#turns.clear()
  }

  /** Does what was due first, then of operators whose turn is longer ago; false: nothing is due. */
  fire(partition: number, skip: boolean): boolean {
    const time = { stream: this.#time.at(partition), wall: this.wall }
    const due = [...this.#timed]
      .map(([operator, timed]) => ({ operator, timed, at: timed.dueAt(partition, time) }))
      .filter(({ at }) => at < Infinity)
    const turn = (operator: number): number => this.#turns.get(`${partition}/${operator}`) ?? 0
    const [first] = due.toSorted(
      (a, b) => a.at - b.at || turn(a.operator) - turn(b.operator) || a.operator - b.operator,
    )
    if (first === undefined) return false
    first.timed.fire(partition, time, skip)
    this.#turns.set(`${partition}/${first.operator}`, ++this.#done)
    return true
  }
}
