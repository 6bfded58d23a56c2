/** Partitions that an operator has had no record of for some wall-clock time (`idle: { closeAfter }`). */
import type { FlowRecord } from '../record.js'
import type { WallClock } from '../wall-clock.js'

interface Last {
  readonly record: FlowRecord
  readonly at: number
}

export class IdlePartitions {
  readonly #clock: WallClock
  readonly #last = new Map<number, Last>()

  /** `onIdle` gets the last record of the partition, once until another one comes. */
  constructor(closeAfter: number | undefined, clock: WallClock, onIdle: (last: FlowRecord) => void) {
    this.#clock = clock
    if (closeAfter === undefined) return
    clock.onAdvance((now) => {
      for (const [partition, { record, at }] of this.#last) {
        if (now - at < closeAfter) continue
        this.#last.delete(partition)
        onIdle(record)
      }
    })
  }

  seen(record: FlowRecord): void {
    this.#last.set(record.origin.partition, { record, at: this.#clock.now })
  }
}
