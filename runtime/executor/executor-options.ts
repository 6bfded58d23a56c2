/** What an executor needs to know, as plain data (it may be sent to a worker thread). */
import type { FetcherOptions } from '../kafka/fetcher.js'
import type { ProducerOptions } from '../kafka/producer.js'
import type { TransactionOptions } from '../kafka/transactions.js'
import type { KafkajsTransportOptions } from '../kafka/transport/kafkajs-transport.js'
import type { HttpRegistryOptions } from '../registry/http-registry.js'

export interface ExecutorOptions {
  /** Prefix of internal topics. */
  readonly applicationId: string
  readonly connection: Omit<KafkajsTransportOptions, 'log'>
  readonly requestTimeoutMs: number
  readonly registry: HttpRegistryOptions | undefined
  readonly fetch: FetcherOptions
  readonly produce: ProducerOptions
  readonly checkCrcs: boolean
  /** How long a batch waits for more records before it is sent. */
  readonly lingerMs: number
  /** It does not wait while nothing is under way: more records would only share a request that nobody else uses. */
  readonly lingersOnlyBehind: boolean
  readonly batchBytes: number
  /** Upper limit of a record, below what the topics take; undefined: what they take. */
  readonly maxRecordBytes: number | undefined
  /** Most bytes in the open batches of a task. */
  readonly maxOpenBytes: number
  readonly commitIntervalMs: number
  /** Where snapshots are, of this process alone; undefined: nowhere. */
  readonly stateDirectory: string | undefined
  readonly snapshotIntervalMs: number
  /** undefined: at-least-once. */
  readonly transaction: TransactionOptions | undefined
  /** How long start-up may wait for brokers and registry. */
  readonly startTimeoutMs: number
}
