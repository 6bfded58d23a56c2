/**
 * Producer of one transactional id: one transaction after the other, each begun by its first batch or offset. Batches
 * go through a `Producer` that takes the epoch given here; after an abort a new one takes its place, with a raised
 * epoch, so that what is still on its way from before is refused. Once a commit was sent it is repeated until
 * its outcome is known, and never followed by an abort.
 */
import type { KafkaClient } from './client.js'
import { Producer, type ProducerCallbacks, type ProducerOptions } from './producer.js'
import type { BatchWriter } from './record-batch/index.js'
import { ErrorCode, KafkaProtocolError } from './protocol/index.js'
import { pause } from './retry.js'
import { partitionKey, type TopicPartition } from './topic-partition.js'
import { TransactionAbortableError, TransactionFencedError } from './transaction-error.js'
import { Transactions, type TransactionIdentity, type TransactionOptions } from './transactions.js'

export interface TransactionalCallbacks extends ProducerCallbacks {
  /** The open transaction must be aborted; nothing may be sent before. */
  onAbortable(error: Error): void
}

/** `ended`: fenced or closed, nothing more may be asked for. */
type State = 'ready' | 'open' | 'committing' | 'aborting' | 'ended'

/** How long closing may wait for the abort of what is open; else the coordinator's time-out does it. */
const CLOSE_ABORT_MS = 1000

export class TransactionalProducer {
  readonly #client: KafkaClient
  readonly #options: ProducerOptions
  readonly #callbacks: TransactionalCallbacks
  readonly #transactions: Transactions
  readonly #closing = new AbortController()
  /** Partitions of the open transaction, as the coordinator knows them. */
  readonly #added = new Set<string>()
  readonly #toAdd = new Map<string, TopicPartition>()
  #adding: Promise<void> | undefined
  #producer: Producer | undefined
  #state: State = 'ready'
  /** Why the open transaction must be aborted. */
  #failure: Error | undefined

  constructor(
    client: KafkaClient,
    options: ProducerOptions,
    transaction: TransactionOptions,
    callbacks: TransactionalCallbacks,
  ) {
    this.#client = client
    this.#options = options
    this.#callbacks = callbacks
    this.#transactions = new Transactions(client, transaction, this.#closing.signal, (error) => {
      callbacks.onRetry(error)
    })
  }

  /** Waits for coordinator and permissions as long as `timeoutMs` says. */
  async start(timeoutMs = Infinity): Promise<void> {
    await this.#transactions.negotiate()
    await this.#transactions.init(false, timeoutMs)
    this.#producer = this.#newProducer()
  }

  get bufferedBytes(): number {
    return this.#producer?.bufferedBytes ?? 0
  }

  get isFull(): boolean {
    return this.#producer?.isFull ?? true
  }

  /** Whether nothing may be sent at present: a transaction ends, must be aborted, or was the last. */
  get isHeld(): boolean {
    return this.#failure !== undefined || (this.#state !== 'ready' && this.#state !== 'open')
  }

  /** Whether something was sent since the last commit. */
  get isOpen(): boolean {
    return this.#state === 'open' || (this.#state !== 'ended' && this.#failure !== undefined)
  }

  send(topic: string, partition: number, writer: BatchWriter): void {
    const producer = this.#ready()
    this.#state = 'open'
    producer.send(topic, partition, writer)
  }

  /** As Producer.endOf. */
  endOf(topic: string, partition: number): number | undefined {
    return this.#producer?.endOf(topic, partition)
  }

  /** Resolves when the brokers have what was sent until now. */
  acknowledged(): Promise<void> {
    return this.#unlessFailed(this.#ready().acknowledged())
  }

  /**
   * Commits what was sent and the offsets, which `commitOffsets` adds; it resolves to the reason when it cannot.
   * Rejects with a `TransactionAbortableError` when `abort` has to follow, with a `TransactionFencedError` or another
   * error when this producer has come to its end.
   */
  async commit(
    commitOffsets: ((identity: TransactionIdentity) => Promise<string | undefined>) | undefined,
  ): Promise<void> {
    const producer = this.#ready()
    await this.acknowledged()
    if (commitOffsets !== undefined) {
      this.#state = 'open'
      if (this.#transactions.version === 1) await this.#unlessFailed(this.#transactions.addOffsets())
      const reason = await commitOffsets(this.#transactions.identity)
      if (reason !== undefined) throw this.#fail(new TransactionAbortableError(`offsets are not committed: ${reason}`))
    }
    // It may have failed or been closed meanwhile.
    this.#ready()
    this.#state = 'committing'
    try {
      await this.#transactions.end(true)
    } catch (error) {
      const code = abortableCode(error)
      if (code === ErrorCode.TRANSACTION_ABORTABLE && error instanceof Error) {
        this.#state = 'open'
        throw this.#fail(error)
      }
      this.#state = 'ended'
      // The coordinator has aborted it already: its time was over.
      if (code !== undefined) throw new TransactionFencedError(this.#transactions.identity.transactionalId, code)
      throw error
    }
    this.#added.clear()
    if (this.#transactions.version === 2) producer.restart(this.#transactions.identity)
    this.#state = 'ready'
  }

  /** Drops what was sent since the last commit. Rejects when this producer has come to its end. */
  async abort(): Promise<void> {
    if (!this.isOpen) return
    this.#state = 'aborting'
    this.#producer?.close()
    try {
      await this.#adding
      await this.#endWithAbort()
    } catch (error) {
      this.#state = 'ended'
      throw error
    }
    this.#added.clear()
    this.#toAdd.clear()
    this.#failure = undefined
    this.#producer = this.#newProducer()
    this.#state = 'ready'
  }

  /** Aborts what is open, if that goes quickly. */
  async close(): Promise<void> {
    this.#producer?.close()
    const isOpen = this.#state === 'open'
    this.#state = 'ended'
    if (isOpen) {
      const deadline = new AbortController()
      const aborted = this.#transactions.end(false).catch((error: unknown) => {
        this.#callbacks.onRetry(error instanceof Error ? error : new Error(String(error)))
      })
      await Promise.race([aborted, pause(CLOSE_ABORT_MS, deadline.signal)])
      deadline.abort()
    }
    this.#closing.abort(new Error('the producer is closed'))
  }

  /** Of version 1 the epoch is raised by hand; there is nothing to end when nothing got as far as the coordinator. */
  async #endWithAbort(): Promise<void> {
    try {
      await this.#transactions.end(false)
    } catch (error) {
      if (!(error instanceof TransactionAbortableError)) throw error
    }
    if (this.#transactions.version === 1) await this.#transactions.init(true)
  }

  #ready(): Producer {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#producer === undefined || this.isHeld) throw new Error(`the transactional producer is ${this.#state}`)
    return this.#producer
  }

  async #unlessFailed(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      throw this.#fail(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #fail(error: Error): Error {
    this.#failure ??= error
    if (this.#failure instanceof TransactionFencedError) this.#state = 'ended'
    return this.#failure
  }

  #newProducer(): Producer {
    const { identity } = this.#transactions
    const isCurrent = (): boolean => this.#producer === producer
    const callbacks: ProducerCallbacks = {
      onRoom: () => {
        this.#callbacks.onRoom()
      },
      onIdle: () => {
        this.#callbacks.onIdle()
      },
      onFatal: (error) => {
        if (isCurrent()) this.#failed(error)
      },
      onRetry: (error) => {
        this.#callbacks.onRetry(error)
      },
    }
    const admits = (topic: string, partition: number): boolean => isCurrent() && this.#admits(topic, partition)
    const producer: Producer = new Producer(this.#client, this.#options, callbacks, { ...identity, admits })
    return producer
  }

  #failed(error: Error): void {
    if (this.#failure !== undefined || this.#state === 'aborting' || this.#state === 'ended') return
    this.#fail(error)
    // Whoever waits for acknowledgements is told.
    this.#producer?.close()
    if (error instanceof TransactionAbortableError) this.#callbacks.onAbortable(error)
    else this.#callbacks.onFatal(error)
  }

  /** Of version 1: whether the coordinator knows the partition; else it will be told. */
  #admits(topic: string, partition: number): boolean {
    if (this.#transactions.version === 2) return true
    const key = partitionKey(topic, partition)
    if (this.#added.has(key)) return true
    this.#toAdd.set(key, { topic, partition })
    this.#adding ??= this.#add()
    return false
  }

  async #add(): Promise<void> {
    // All that the current turn of the event loop sends goes in one request.
    await Promise.resolve()
    try {
      while (this.#toAdd.size > 0 && this.#mayAdd()) await this.#addAll()
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#failed(error instanceof Error ? error : new Error(String(error)))
    } finally {
      this.#adding = undefined
    }
  }

  #mayAdd(): boolean {
    return this.#failure === undefined && this.#state !== 'aborting' && this.#state !== 'ended'
  }

  async #addAll(): Promise<void> {
    const partitions = [...this.#toAdd]
    this.#toAdd.clear()
    await this.#transactions.addPartitions(partitions.map(([, partition]) => partition))
    for (const [key] of partitions) this.#added.add(key)
    this.#producer?.resume()
  }
}

const abortableCode = (error: unknown): number | undefined =>
  error instanceof TransactionAbortableError && error.cause instanceof KafkaProtocolError ? error.cause.code : undefined
