/** Partitions that an operator has had no record of for some wall-clock time (`idle: { closeAfter }`). */
import { noRecord, type FlowRecord } from '../record.js'
import type { TaskClock } from '../task-clock.js'

export class IdlePartitions {
  readonly #clock: TaskClock
  /** Wall clock of the last record, by partition. */
  readonly #last = new Map<number, number>()

  /** `onIdle` is called once until another record comes; what it sends on comes of no record. */
  constructor(
    operator: number,
    closeAfter: number | undefined,
    clock: TaskClock,
    onIdle: (nothing: FlowRecord) => void,
  ) {
    this.#clock = clock
    if (closeAfter === undefined) return
    clock.onDue(operator, {
      dueAt: (partition, { wall }) => {
        const last = this.#last.get(partition)
        return last === undefined || wall - last < closeAfter ? Infinity : last + closeAfter
      },
      fire: (partition, { wall }, skip) => {
        const origin = noRecord(partition, wall)
        if (!skip) onIdle({ origin, key: null, value: null, timestamp: wall })
        // One that fails is still due.
        this.#last.delete(partition)
      },
    })
  }

  seen(record: FlowRecord): void {
    this.#last.set(record.origin.partition, this.#clock.wall)
  }
}
