/** Time of the tasks of an interpreter, and what is to be done when it has moved on. */
import { StreamTime } from './state/stream-time.js'
import type { Journal } from './state/journal.js'

/** Ms. */
export interface TaskTime {
  readonly stream: number
  readonly wall: number
}

/** Does the next thing that is due in a partition; false: nothing is. `skip`: it is not done, but counts as done. */
export type FireNext = (partition: number, time: TaskTime, skip: boolean) => boolean

/** Of all tasks of a sub-topology. */
export class TaskClock {
  readonly #time: StreamTime
  readonly #due: FireNext[] = []
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

  onDue(fire: FireNext): void {
    this.#due.push(fire)
  }

  /** A record of the task: its time counts when it is done. */
  advance(partition: number, timestamp: number): void {
    this.#partitions.add(partition)
    this.#time.advance(partition, timestamp)
  }

  streamTime(partition: number): number {
    return this.#time.at(partition)
  }

  /** The next thing that is due; false: nothing is. */
  fire(partition: number, skip: boolean): boolean {
    const time = { stream: this.#time.at(partition), wall: this.wall }
    return this.#due.some((fire) => fire(partition, time, skip))
  }
}
