/** What survives a restart, and where it goes. Without a directory nothing does. */
import type { CommittedOffset } from '../group/committed-offsets.js'
import type { Topic } from '../topic.js'
import type { Transaction, TransactionState } from '../transaction/transaction.js'

export interface StoredPartition {
  readonly replicas: readonly number[]
  readonly leader: number
  readonly leaderEpoch: number
  readonly startOffset: number
}

export interface StoredTopic {
  readonly id: string
  readonly name: string
  readonly config: Readonly<Record<string, string>>
  readonly partitions: readonly StoredPartition[]
}

export interface StoredTransaction {
  readonly id: string
  readonly state: TransactionState
  readonly timeoutMs: number
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly lastProducerEpoch: number
  readonly previousProducerId: bigint
  readonly startTime: number
  readonly groups: readonly string[]
  readonly partitions: Readonly<Record<string, readonly number[]>>
}

export interface StoredOffset {
  readonly group: string
  readonly topic: string
  readonly partition: number
  /** Of the open transaction that will decide over it; null when it counts already. */
  readonly producerId: bigint | null
  readonly offset: CommittedOffset
}

export interface StoredState {
  readonly clusterId: string | null
  readonly nextProducerId: bigint
  readonly topics: readonly StoredTopic[]
  readonly transactions: readonly StoredTransaction[]
  readonly offsets: readonly StoredOffset[]
}

/** Called before a change is answered. */
export interface Storage {
  /** The state at the last close, or crash. */
  load(): StoredState
  /** The batches of a partition, in order; what follows `validBytes` of them is forgotten. */
  readLog(topicId: string, partition: number, restore: (bytes: Buffer) => number): void
  append(topicId: string, partition: number, batch: Buffer): void
  /** These batches in place of all that there were. */
  rewriteLog(topicId: string, partition: number, batches: readonly Buffer[]): void
  saveCluster(clusterId: string, nextProducerId: bigint): void
  saveTopic(topic: Topic): void
  removeTopic(topic: Topic): void
  saveTransaction(transaction: Transaction): void
  saveOffset(offset: StoredOffset): void
  removeOffset(group: string, topic: string, partition: number): void
  /** Pending offsets of a transaction become committed ones, or vanish. */
  endTransaction(group: string, producerId: bigint, committed: boolean): void
  close(): void
}

const nothing = (): void => undefined

export const NO_STORAGE: Storage = {
  load: () => ({ clusterId: null, nextProducerId: 0n, topics: [], transactions: [], offsets: [] }),
  readLog: nothing,
  append: nothing,
  rewriteLog: nothing,
  saveCluster: nothing,
  saveTopic: nothing,
  removeTopic: nothing,
  saveTransaction: nothing,
  saveOffset: nothing,
  removeOffset: nothing,
  endTransaction: nothing,
  close: nothing,
}

export const storedTopic = (topic: Topic): StoredTopic => ({
  id: topic.id,
  name: topic.name,
  config: Object.fromEntries(topic.config.overrides),
  partitions: topic.partitions.map(({ replicas, leader, leaderEpoch, log }) => ({
    replicas,
    leader,
    leaderEpoch,
    startOffset: log.startOffset,
  })),
})

export const storedTransaction = (transaction: Transaction): StoredTransaction => {
  const { id, state, timeoutMs, producerId, producerEpoch, lastProducerEpoch, previousProducerId, startTime } =
    transaction
  return {
    id,
    state,
    timeoutMs,
    producerId,
    producerEpoch,
    lastProducerEpoch,
    previousProducerId,
    startTime,
    groups: [...transaction.groups],
    partitions: Object.fromEntries([...transaction.partitions].map(([topic, indexes]) => [topic, [...indexes]])),
  }
}
