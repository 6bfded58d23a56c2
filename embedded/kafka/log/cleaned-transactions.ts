/**
 * Which batches of transactions compaction may remove, batch by batch in order: those of aborted ones at once, a marker
 * when nothing of its transaction was before it. After Kafka's CleanedTransactionMetadata.
 */
import type { BatchHeader } from '../../../runtime/kafka/record-batch/index.js'
import type { AbortedTransactionEntry } from './partition-log.js'

export class CleanedTransactions {
  readonly #pending: readonly AbortedTransactionEntry[]
  #next = 0
  /** Whether a batch of the transaction was seen, by producer. */
  readonly #aborted = new Map<bigint, boolean>()
  readonly #committed = new Set<bigint>()

  constructor(aborted: readonly AbortedTransactionEntry[]) {
    this.#pending = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset)
  }

  /** A batch of records: whether its transaction was aborted. */
  isAborted({ producerId, isTransactional, lastOffset }: BatchHeader): boolean {
    this.#consumeUpTo(lastOffset)
    if (!isTransactional) return false
    if (this.#aborted.has(producerId)) {
      this.#aborted.set(producerId, true)
      return true
    }
    this.#committed.add(producerId)
    return false
  }

  /** A marker, `type` undefined when it was emptied: whether nothing is left of its transaction. */
  isMarkerOfNothing({ producerId, lastOffset }: BatchHeader, type: string | undefined): boolean {
    this.#consumeUpTo(lastOffset)
    switch (type) {
      case 'abort': {
        const isSeen = this.#aborted.get(producerId) === true
        this.#aborted.delete(producerId)
        return !isSeen
      }
      case 'commit':
        return !this.#committed.delete(producerId)
      case undefined:
        return true
      default:
        return false
    }
  }

  #consumeUpTo(offset: number): void {
    for (;;) {
      const entry = this.#pending[this.#next]
      if (entry === undefined || entry.firstOffset > offset) return
      if (!this.#aborted.has(entry.producerId)) this.#aborted.set(entry.producerId, false)
      this.#next++
    }
  }
}
