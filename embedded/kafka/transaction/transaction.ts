/**
 * One transactional id: who its producer is, and what its open transaction has touched. The rules are those of Kafka's
 * transaction coordinator, for both ways of ending a transaction: version 1 keeps the epoch, version 2 (KIP-890) raises
 * it with every end, so that a late request of an ended transaction is fenced.
 */
import type { Timer } from '../clock.js'

export type TransactionState =
  'Empty' | 'Ongoing' | 'PrepareCommit' | 'PrepareAbort' | 'CompleteCommit' | 'CompleteAbort'

export const TRANSACTION_STATES: readonly TransactionState[] = [
  'Empty',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
]

export const LAST_EPOCH = 0x7fff

export interface ProducerIdentity {
  readonly producerId: bigint
  readonly producerEpoch: number
}

export class Transaction {
  state: TransactionState = 'Empty'
  timeoutMs: number
  producerId: bigint
  producerEpoch: number
  /** Before the last InitProducerId with an expected epoch, whose repetition is answered alike. */
  lastProducerEpoch = -1
  /** Before the id was exchanged because its epochs had run out. */
  previousProducerId = -1n
  /** ms since the epoch; -1 before the first transaction. */
  startTime = -1
  timer: Timer | null = null
  readonly groups = new Set<string>()
  readonly #partitions = new Map<string, Set<number>>()

  constructor(
    readonly id: string,
    identity: ProducerIdentity,
    timeoutMs: number,
  ) {
    this.producerId = identity.producerId
    this.producerEpoch = identity.producerEpoch
    this.timeoutMs = timeoutMs
  }

  get identity(): ProducerIdentity {
    return { producerId: this.producerId, producerEpoch: this.producerEpoch }
  }

  get isEnding(): boolean {
    return this.state === 'PrepareCommit' || this.state === 'PrepareAbort'
  }

  /** By topic. */
  get partitions(): ReadonlyMap<string, ReadonlySet<number>> {
    return this.#partitions
  }

  addPartition(topic: string, partition: number): void {
    const partitions = this.#partitions.get(topic) ?? new Set<number>()
    partitions.add(partition)
    this.#partitions.set(topic, partitions)
  }

  hasPartition(topic: string, partition: number): boolean {
    return this.#partitions.get(topic)?.has(partition) === true
  }

  complete(state: 'CompleteCommit' | 'CompleteAbort'): void {
    this.state = state
    this.groups.clear()
    this.#partitions.clear()
  }
}
