/**
 * All transactional ids of the cluster. A transaction ends in two steps, as in Kafka: it is decided, then markers go to
 * its partitions and groups; in between further requests are told CONCURRENT_TRANSACTIONS. Here the second step follows
 * at once, or after `markerDelayMs` where a test asks for that.
 */
import { ErrorCode } from '../../../runtime/kafka/protocol/index.js'
import type { Clock } from '../clock.js'
import type { StoredTransaction } from '../storage/storage.js'
import { LAST_EPOCH, Transaction } from './transaction.js'
import type { ProducerIdentity } from './transaction.js'

export interface Marker extends ProducerIdentity {
  readonly committed: boolean
}

export interface TransactionSettings {
  readonly clock: Clock
  readonly newProducerId: () => bigint
  /** Called after every change. */
  readonly save: (transaction: Transaction) => void
  readonly markPartition: (topic: string, partition: number, marker: Marker) => void
  readonly markGroup: (groupId: string, marker: Marker) => void
}

export type IdentityResult =
  | { readonly errorCode: 0; readonly identity: ProducerIdentity }
  | { readonly errorCode: number; readonly identity: null }

/** How a client ends transactions: 2 raises the epoch. */
export type TransactionVersion = 1 | 2

/** Kafka's default for transaction.max.timeout.ms. */
export const MAX_TRANSACTION_TIMEOUT_MS = 900_000

const refused = (errorCode: number): IdentityResult => ({ errorCode, identity: null })
const granted = (identity: ProducerIdentity): IdentityResult => ({ errorCode: 0, identity })

export class TransactionCoordinator {
  /** How long markers wait after a transaction was decided, in ms. */
  markerDelayMs = 0
  readonly #settings: TransactionSettings
  readonly #transactions = new Map<string, Transaction>()

  constructor(settings: TransactionSettings) {
    this.#settings = settings
  }

  all(): Transaction[] {
    return [...this.#transactions.values()]
  }

  get(id: string): Transaction | undefined {
    return this.#transactions.get(id)
  }

  /** InitProducerId. `expected` is who a client that recovers believes to be; null for one that starts. */
  init(id: string, timeoutMs: number, expected: ProducerIdentity | null): IdentityResult {
    if (id === '') return refused(ErrorCode.INVALID_REQUEST)
    if (timeoutMs <= 0 || timeoutMs > MAX_TRANSACTION_TIMEOUT_MS) return refused(ErrorCode.INVALID_TRANSACTION_TIMEOUT)
    const known = this.#transactions.get(id)
    if (known === undefined) {
      const created = new Transaction(id, { producerId: this.#settings.newProducerId(), producerEpoch: 0 }, timeoutMs)
      this.#transactions.set(id, created)
      this.#settings.save(created)
      return granted(created.identity)
    }
    if (expected !== null && !isExpected(known, expected)) return refused(ErrorCode.PRODUCER_FENCED)
    if (known.isEnding) return refused(ErrorCode.CONCURRENT_TRANSACTIONS)
    if (known.state === 'Ongoing') {
      known.producerEpoch = Math.min(known.producerEpoch + 1, LAST_EPOCH)
      this.#end(known, false, known.identity)
      return refused(ErrorCode.CONCURRENT_TRANSACTIONS)
    }
    return this.#renew(known, timeoutMs, expected)
  }

  /** Adds partitions and groups to the transaction, which begins with the first. */
  add(
    id: string,
    identity: ProducerIdentity,
    partitions: readonly { readonly topic: string; readonly partition: number }[],
    groups: readonly string[],
  ): number {
    const transaction = this.#transactions.get(id)
    const problem = identityProblem(transaction, identity)
    if (problem !== 0 || transaction === undefined) return problem
    if (transaction.isEnding) return ErrorCode.CONCURRENT_TRANSACTIONS
    if (transaction.state !== 'Ongoing') this.#begin(transaction)
    for (const { topic, partition } of partitions) transaction.addPartition(topic, partition)
    for (const group of groups) transaction.groups.add(group)
    this.#settings.save(transaction)
    return ErrorCode.NONE
  }

  /** Whether the partition or group was added before, as clients of version 1 must. */
  verify(id: string, identity: ProducerIdentity, isAdded: (transaction: Transaction) => boolean): number {
    const transaction = this.#transactions.get(id)
    const problem = identityProblem(transaction, identity)
    if (problem !== 0 || transaction === undefined) return problem
    if (transaction.isEnding) return ErrorCode.CONCURRENT_TRANSACTIONS
    return transaction.state === 'Ongoing' && isAdded(transaction) ? ErrorCode.NONE : ErrorCode.INVALID_TXN_STATE
  }

  /** EndTxn. */
  end(id: string, identity: ProducerIdentity, committed: boolean, version: TransactionVersion): IdentityResult {
    const transaction = this.#transactions.get(id)
    if (transaction === undefined) return refused(ErrorCode.INVALID_PRODUCER_ID_MAPPING)
    if (version === 2 && isRepeatedEnd(transaction, identity)) return repeatedEnd(transaction, committed)
    const problem = identityProblem(transaction, identity)
    if (problem !== 0) return refused(problem)
    switch (transaction.state) {
      case 'Ongoing':
        this.#end(transaction, committed, version === 2 ? this.#nextIdentity(transaction) : transaction.identity)
        return granted(transaction.identity)
      case 'PrepareCommit':
      case 'PrepareAbort': {
        const sameOutcome = committed === (transaction.state === 'PrepareCommit')
        return refused(sameOutcome ? ErrorCode.CONCURRENT_TRANSACTIONS : ErrorCode.INVALID_TXN_STATE)
      }
      case 'Empty':
      case 'CompleteCommit':
      case 'CompleteAbort':
        return version === 2
          ? this.#endNothing(transaction, committed)
          : endAgain(transaction, committed === (transaction.state === 'CompleteCommit'))
    }
  }

  /** Takes over what was stored before: open transactions go on, decided ones get their markers (again). */
  restore(stored: readonly StoredTransaction[]): void {
    for (const { partitions, groups, ...fields } of stored) {
      const transaction = new Transaction(fields.id, fields, fields.timeoutMs)
      const { state, lastProducerEpoch, previousProducerId, startTime } = fields
      Object.assign(transaction, { state, lastProducerEpoch, previousProducerId, startTime })
      for (const [topic, indexes] of Object.entries(partitions)) {
        for (const index of indexes) transaction.addPartition(topic, index)
      }
      for (const group of groups) transaction.groups.add(group)
      this.#transactions.set(transaction.id, transaction)
      if (state === 'Ongoing') this.#startTimer(transaction)
      if (transaction.isEnding) this.#mark(transaction, markerOf(transaction))
    }
  }

  close(): void {
    for (const transaction of this.#transactions.values()) transaction.timer?.cancel()
  }

  #begin(transaction: Transaction): void {
    const { clock } = this.#settings
    transaction.state = 'Ongoing'
    transaction.startTime = clock.now()
    this.#startTimer(transaction)
  }

  #startTimer(transaction: Transaction): void {
    const { clock } = this.#settings
    const left = transaction.startTime + transaction.timeoutMs - clock.now()
    transaction.timer = clock.schedule(left, () => {
      if (transaction.state !== 'Ongoing') return
      this.#end(transaction, false, this.#nextIdentity(transaction))
    })
  }

  /** A producer without a transaction gets the next epoch, unless it repeats a request that was answered before. */
  #renew(transaction: Transaction, timeoutMs: number, expected: ProducerIdentity | null): IdentityResult {
    transaction.timeoutMs = timeoutMs
    const { producerEpoch, lastProducerEpoch } = transaction
    if (expected !== null && expected.producerEpoch !== producerEpoch) {
      return expected.producerEpoch === lastProducerEpoch
        ? granted(transaction.identity)
        : refused(ErrorCode.PRODUCER_FENCED)
    }
    this.#assume(transaction, this.#nextIdentity(transaction))
    transaction.lastProducerEpoch = expected === null ? -1 : producerEpoch
    if (transaction.state !== 'Empty') transaction.complete('CompleteAbort')
    transaction.state = 'Empty'
    this.#settings.save(transaction)
    return granted(transaction.identity)
  }

  #nextIdentity({ producerId, producerEpoch }: Transaction): ProducerIdentity {
    return producerEpoch >= LAST_EPOCH - 1
      ? { producerId: this.#settings.newProducerId(), producerEpoch: 0 }
      : { producerId, producerEpoch: producerEpoch + 1 }
  }

  #assume(transaction: Transaction, identity: ProducerIdentity): void {
    if (identity.producerId !== transaction.producerId) transaction.previousProducerId = transaction.producerId
    transaction.producerId = identity.producerId
    transaction.producerEpoch = identity.producerEpoch
  }

  /** Decides the transaction; its producer is `next` from now on. Markers carry the old id and the raised epoch. */
  #end(transaction: Transaction, committed: boolean, next: ProducerIdentity): void {
    const { producerId, producerEpoch } = transaction
    const keepsId = next.producerId === producerId
    const marker = { producerId, producerEpoch: keepsId ? next.producerEpoch : producerEpoch + 1, committed }
    transaction.timer?.cancel()
    transaction.timer = null
    transaction.state = committed ? 'PrepareCommit' : 'PrepareAbort'
    transaction.lastProducerEpoch = producerEpoch
    this.#assume(transaction, next)
    this.#settings.save(transaction)
    if (this.markerDelayMs === 0) this.#mark(transaction, marker)
    else transaction.timer = this.#settings.clock.schedule(this.markerDelayMs, () => this.#mark(transaction, marker))
  }

  #mark(transaction: Transaction, marker: Marker): void {
    transaction.timer = null
    for (const [topic, partitions] of transaction.partitions) {
      for (const partition of partitions) this.#settings.markPartition(topic, partition, marker)
    }
    for (const group of transaction.groups) this.#settings.markGroup(group, marker)
    transaction.complete(marker.committed ? 'CompleteCommit' : 'CompleteAbort')
    this.#settings.save(transaction)
  }

  /** Version 2: aborting nothing raises the epoch, committing nothing is a mistake. */
  #endNothing(transaction: Transaction, committed: boolean): IdentityResult {
    if (committed) return refused(ErrorCode.INVALID_TXN_STATE)
    const { producerEpoch } = transaction
    this.#assume(transaction, this.#nextIdentity(transaction))
    transaction.lastProducerEpoch = producerEpoch
    transaction.complete('CompleteAbort')
    this.#settings.save(transaction)
    return granted(transaction.identity)
  }
}

/** Of a transaction that was decided before a restart. */
const markerOf = (transaction: Transaction): Marker => {
  const { producerId, producerEpoch, lastProducerEpoch, previousProducerId } = transaction
  const committed = transaction.state === 'PrepareCommit'
  const isExchanged = producerEpoch === 0 && previousProducerId >= 0n
  return isExchanged
    ? { producerId: previousProducerId, producerEpoch: lastProducerEpoch + 1, committed }
    : { producerId, producerEpoch, committed }
}

const identityProblem = (transaction: Transaction | undefined, identity: ProducerIdentity): number => {
  if (transaction === undefined || transaction.producerId !== identity.producerId) {
    return ErrorCode.INVALID_PRODUCER_ID_MAPPING
  }
  return transaction.producerEpoch === identity.producerEpoch ? ErrorCode.NONE : ErrorCode.PRODUCER_FENCED
}

const isExpected = (transaction: Transaction, { producerId, producerEpoch }: ProducerIdentity): boolean =>
  producerId === transaction.producerId ||
  (producerId === transaction.previousProducerId && producerEpoch >= LAST_EPOCH - 1)

/** A producer whose EndTxn was carried out but not answered asks again with the epoch that it still has. */
const isRepeatedEnd = (transaction: Transaction, { producerId, producerEpoch }: ProducerIdentity): boolean => {
  const { lastProducerEpoch, previousProducerId } = transaction
  if (producerId === transaction.producerId) return producerEpoch === transaction.producerEpoch - 1
  return producerId === previousProducerId && producerEpoch === lastProducerEpoch
}

const repeatedEnd = (transaction: Transaction, committed: boolean): IdentityResult => {
  switch (transaction.state) {
    case 'CompleteCommit':
    case 'CompleteAbort':
      return endAgain(transaction, committed === (transaction.state === 'CompleteCommit'))
    case 'PrepareCommit':
    case 'PrepareAbort': {
      const sameOutcome = committed === (transaction.state === 'PrepareCommit')
      return refused(sameOutcome ? ErrorCode.CONCURRENT_TRANSACTIONS : ErrorCode.INVALID_TXN_STATE)
    }
    case 'Empty':
    case 'Ongoing':
      return refused(ErrorCode.PRODUCER_FENCED)
  }
}

const endAgain = (transaction: Transaction, sameOutcome: boolean): IdentityResult =>
  transaction.state !== 'Empty' && sameOutcome ? granted(transaction.identity) : refused(ErrorCode.INVALID_TXN_STATE)
