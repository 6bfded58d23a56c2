/** A sealed batch on its way: its bytes do not change while it is retried, except when the producer id is renewed. */
import type { BatchWriter, SealedBatch } from './record-batch/index.js'

export interface OutgoingBatch {
  /** Ascending over all partitions, for `acknowledged`. */
  readonly id: number
  readonly sealed: SealedBatch
  /** Where its buffer goes back to. */
  readonly writer: BatchWriter
  readonly enqueuedAt: number
  inFlight: boolean
}

/** The unacknowledged batches of one partition, in the order of their sequence numbers. */
export class PartitionQueue {
  readonly batches: OutgoingBatch[] = []
  nextSequence = 0
  inFlight = 0
  /** A batch failed: nothing is sent until the others that are in flight have come back. */
  draining = false
  /** Not before this time, `performance.now()`. */
  retryAt = 0
  backoffMs = 0
  /**
   * Whether the partition has acknowledged a batch of the present producer id: until then a broker takes any sequence for
   * the first, and no batch may overtake it.
   */
  isKnown = false
  /** Offset behind the last batch that was acknowledged; undefined: not known. */
  end: number | undefined

  constructor(
    readonly topic: string,
    readonly partition: number,
  ) {}

  /** The first batch not under way, if one may be sent now. */
  sendable(now: number, maxInFlight: number): OutgoingBatch | undefined {
    if (this.draining || this.inFlight >= (this.isKnown ? maxInFlight : 1) || now < this.retryAt) return undefined
    return this.batches[this.inFlight]
  }

  remove(batch: OutgoingBatch): void {
    const index = this.batches.indexOf(batch)
    if (index >= 0) this.batches.splice(index, 1)
  }
}
