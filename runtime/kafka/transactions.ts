/**
 * Requests to the transaction coordinator on behalf of one transactional id, and the producer id and epoch that it gave.
 * Retries until the outcome is known. Which request may follow which is the business of `TransactionalProducer`.
 * Version 1 of transactions names each partition and group before it is written to; version 2 (KIP-890) does not need
 * that and raises the epoch with each end. The two are never mixed.
 */
import { ErrorCode, KafkaProtocolError, api } from './protocol/index.js'
import { UnsupportedBrokerError, type KafkaClient } from './client.js'
import { atCoordinator, pause } from './retry.js'
import { byTopic, type TopicPartition } from './topic-partition.js'
import { TransactionAbortableError, TransactionFencedError, isAbortable, isFencing } from './transaction-error.js'
import { BOOTSTRAP, type NodeId } from './transport/transport.js'

export interface ProducerIdentity {
  readonly producerId: bigint
  readonly producerEpoch: number
}

export type TransactionVersion = 1 | 2

/** What another connection needs to add offsets to the transaction. */
export interface TransactionIdentity extends ProducerIdentity {
  readonly transactionalId: string
  readonly version: TransactionVersion
}

export interface TransactionOptions {
  readonly transactionalId: string
  readonly groupId: string
  /** The coordinator aborts a transaction that is open for longer. */
  readonly transactionTimeoutMs: number
}

/** Markers of the previous transaction take some milliseconds. */
const CONCURRENT_RETRY_MS = 20
const FEATURE = 'transaction.version'
const FEATURES_SINCE = 3

interface Answer {
  readonly codes: readonly number[]
  /** Which topic each code is about, if it is. */
  readonly topics?: readonly string[]
}

export class Transactions {
  version: TransactionVersion = 1
  readonly #client: KafkaClient
  readonly #options: TransactionOptions
  readonly #signal: AbortSignal
  readonly #onRetry: (error: Error) => void
  #identity: ProducerIdentity = { producerId: -1n, producerEpoch: -1 }

  constructor(client: KafkaClient, options: TransactionOptions, signal: AbortSignal, onRetry: (error: Error) => void) {
    this.#client = client
    this.#options = options
    this.#signal = signal
    this.#onRetry = onRetry
  }

  get identity(): TransactionIdentity {
    return { ...this.#identity, transactionalId: this.#options.transactionalId, version: this.version }
  }

  /** Learns which version the cluster has agreed on. Throws when brokers are older than Kafka 2.5. */
  async negotiate(): Promise<void> {
    try {
      await this.#client.version(BOOTSTRAP, 'control', api.InitProducerId, { minVersion: 3 })
      await this.#client.version(BOOTSTRAP, 'control', api.TxnOffsetCommit, { minVersion: 3 })
      await this.#client.version(BOOTSTRAP, 'control', api.OffsetFetch, { minVersion: 7, maxVersion: 7 })
    } catch (error) {
      if (!(error instanceof UnsupportedBrokerError)) throw error
      throw new Error(
        'guarantee "exactly_once" needs Kafka brokers from 2.5 on (KIP-447): use "at_least_once" with this cluster',
        { cause: error },
      )
    }
    this.version = (await this.#hasVersion2()) ? 2 : 1
  }

  async #hasVersion2(): Promise<boolean> {
    const offered = await this.#client.version(BOOTSTRAP, 'control', api.ApiVersions, { maxVersion: 4 })
    if (offered < FEATURES_SINCE) return false
    const { finalizedFeatures } = await this.#client.request(
      BOOTSTRAP,
      'control',
      api.ApiVersions,
      { clientSoftwareName: 'millrace', clientSoftwareVersion: '1' },
      { minVersion: FEATURES_SINCE },
    )
    return finalizedFeatures.some(({ name, maxVersionLevel }) => name === FEATURE && maxVersionLevel >= 2)
  }

  /**
   * Gets a producer id, and aborts what an earlier producer of the same transactional id left open. With `bump` only as
   * the one who has it now (KIP-360): fails when somebody else has taken over.
   */
  async init(bump = false, timeoutMs = Infinity): Promise<void> {
    const { transactionalId, transactionTimeoutMs } = this.#options
    const message = { transactionalId, transactionTimeoutMs, ...(bump ? this.#identity : {}) }
    const response = await this.#ask(
      'a producer id',
      async (node) => {
        const answer = await this.#client.request(node, 'control', api.InitProducerId, message, {
          minVersion: 3,
          maxVersion: this.version === 2 ? 5 : 4,
        })
        return { ...answer, codes: [answer.errorCode] }
      },
      timeoutMs,
    )
    this.#identity = { producerId: response.producerId, producerEpoch: response.producerEpoch }
  }

  /** Version 1 only. */
  async addPartitions(partitions: readonly TopicPartition[]): Promise<void> {
    const { transactionalId } = this.#options
    const topics = [...byTopic(partitions)].map(([name, group]) => ({
      name,
      partitions: group.map(({ partition }) => partition),
    }))
    const { producerId, producerEpoch } = this.#identity
    await this.#ask('adding partitions to the transaction', async (node) => {
      const answer = await this.#client.request(
        node,
        'control',
        api.AddPartitionsToTxn,
        {
          v3AndBelowTransactionalId: transactionalId,
          v3AndBelowProducerId: producerId,
          v3AndBelowProducerEpoch: producerEpoch,
          v3AndBelowTopics: topics,
        },
        { minVersion: 1, maxVersion: 3 },
      )
      const results = answer.resultsByTopicV3AndBelow.flatMap(({ name, resultsByPartition }) =>
        resultsByPartition.map(({ partitionErrorCode }) => ({ name, partitionErrorCode })),
      )
      return {
        codes: results.map(({ partitionErrorCode }) => partitionErrorCode),
        topics: results.map(({ name }) => name),
      }
    })
  }

  /** Version 1 only. */
  async addOffsets(): Promise<void> {
    const { transactionalId, groupId } = this.#options
    await this.#ask('adding offsets to the transaction', async (node) => {
      const answer = await this.#client.request(
        node,
        'control',
        api.AddOffsetsToTxn,
        { transactionalId, groupId, ...this.#identity },
        { minVersion: 1, maxVersion: 3 },
      )
      return { codes: [answer.errorCode] }
    })
  }

  /** Resolves when the outcome is known to be the one asked for; repeats the same request until then. */
  async end(committed: boolean): Promise<void> {
    const { transactionalId } = this.#options
    const raisesEpoch = this.version === 2
    const what = committed ? 'committing the transaction' : 'aborting the transaction'
    const response = await this.#ask(what, async (node) => {
      const answer = await this.#client.request(
        node,
        'control',
        api.EndTxn,
        { transactionalId, ...this.#identity, committed },
        raisesEpoch ? { minVersion: 5 } : { minVersion: 1, maxVersion: 4 },
      )
      return { ...answer, codes: [answer.errorCode] }
    })
    if (!raisesEpoch) return
    this.#identity = { producerId: response.producerId, producerEpoch: response.producerEpoch }
  }

  /** Until no code says that another try may succeed; throws by the first that is an error. */
  async #ask<T extends Answer>(what: string, action: (node: NodeId) => Promise<T>, timeoutMs = Infinity): Promise<T> {
    const { transactionalId, groupId } = this.#options
    const options = { timeoutMs, signal: this.#signal, onRetry: this.#onRetry }
    for (;;) {
      const response = await atCoordinator(this.#client, 'transaction', transactionalId, options, async (node) => {
        const answer = await action(node)
        const errors = answer.codes.map((code, index) => {
          const topic = answer.topics?.[index] ?? ''
          return this.#client.errorOf(code, what, { transactionalId, group: groupId, topic, operations: ['Write'] })
        })
        const again = errors.find(({ code, retriable }) => retriable && code !== ErrorCode.CONCURRENT_TRANSACTIONS)
        if (again !== undefined) throw again
        return answer
      })
      const code = firstError(response.codes)
      if (code === undefined) return response
      if (code !== ErrorCode.CONCURRENT_TRANSACTIONS) throw this.#failure(code, what)
      await pause(CONCURRENT_RETRY_MS, this.#signal)
    }
  }

  #failure(code: number, what: string): Error {
    if (isFencing(code)) return new TransactionFencedError(this.#options.transactionalId, code)
    const error = new KafkaProtocolError(code, `${what} of ${this.#options.transactionalId}`)
    return isAbortable(code) ? new TransactionAbortableError(error.message, { cause: error }) : error
  }
}

/** OPERATION_NOT_ATTEMPTED only says that another partition has the error. */
const firstError = (codes: readonly number[]): number | undefined => {
  const errors = codes.filter((code) => code !== ErrorCode.NONE)
  return errors.find((code) => code !== ErrorCode.OPERATION_NOT_ATTEMPTED) ?? errors[0]
}
