/**
 * Decides which batches of a fetched partition a consumer sees, as the Java client does. One instance per partition
 * and fetch response; batches in the order of their offsets.
 */
import type { RecordBatch } from './cursor.js'
import { controlTypeOf } from './control-record.js'

/** An aborted transaction as the fetch response lists it. */
export interface AbortedTransactionRange {
  readonly producerId: bigint
  readonly firstOffset: bigint
}

/** `read_uncommitted`: everything except control batches. */
export const isVisibleUncommitted = (batch: RecordBatch): boolean => !batch.header.isControl

export class ReadCommittedFilter {
  /** Brokers list them by the offset of their abort marker; they are needed by their first offset. */
  readonly #pending: readonly AbortedTransactionRange[]
  #next = 0
  readonly #aborted = new Set<bigint>()

  constructor(abortedTransactions: readonly AbortedTransactionRange[] | null) {
    this.#pending = [...(abortedTransactions ?? [])].sort((a, b) =>
      a.firstOffset < b.firstOffset ? -1 : a.firstOffset > b.firstOffset ? 1 : 0,
    )
  }

  /** Whether the records of the batch are delivered. Call it for every batch, control batches included. */
  isVisible(batch: RecordBatch): boolean {
    const { header } = batch
    if (header.producerId >= 0n) {
      this.#consumeUpTo(header.lastOffset)
      if (header.isControl) {
        if (controlTypeOf(batch) === 'abort') this.#aborted.delete(header.producerId)
      } else if (header.isTransactional && this.#aborted.has(header.producerId)) return false
    }
    return !header.isControl
  }

  #consumeUpTo(offset: number): void {
    for (;;) {
      const range = this.#pending[this.#next]
      if (range === undefined || range.firstOffset > BigInt(offset)) return
      this.#aborted.add(range.producerId)
      this.#next++
    }
  }
}
