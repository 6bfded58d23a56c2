/**
 * Idempotent producer: sealed batches with consecutive sequence numbers per partition, at most five in flight each and
 * in order; a retry sends the same bytes, so that the broker recognises a batch it has already. Nothing is given up
 * before `deliveryTimeoutMs`; then, or on an error that no retry mends, the producer is failed for good.
 * When the broker has lost our producer id it starts with a new one, which may write unacknowledged batches twice: that
 * is at-least-once. In a transaction it does not: there a lost producer id fails the producer with
 * a `TransactionAbortableError`. Batches are built and held back (linger) by the tasks, not here.
 */
import { ErrorCode, type KafkaProtocolError, api, type ProduceResponse } from './protocol/index.js'
import type { KafkaClient } from './client.js'
import { PartitionQueue, type OutgoingBatch } from './outgoing-batch.js'
import { DeliveryError, deliveryError, verdictInTransaction, verdictOf } from './producer-error.js'
import { advanceSequence, rewriteProducerState, type BatchWriter, type CompressionType } from './record-batch/index.js'
import { isRetriable, pause, retry } from './retry.js'
import { partitionKey } from './topic-partition.js'
import { TransactionAbortableError } from './transaction-error.js'
import type { ProducerIdentity, TransactionIdentity } from './transactions.js'
import type { NodeId } from './transport/transport.js'

export interface ProducerOptions {
  readonly compression: CompressionType
  /** From sealing to acknowledgement, retries included. */
  readonly deliveryTimeoutMs: number
  /** Most bytes of a request. */
  readonly maxRequestBytes: number
  /** Most bytes unacknowledged before `isFull`. */
  readonly bufferBytes: number
}

export interface ProducerCallbacks {
  /** There is room again after `isFull`. */
  onRoom(): void
  /** Nothing is under way any more. */
  onIdle(): void
  onFatal(error: Error): void
  onRetry(error: Error): void
}

/** The transaction that all batches belong to; its owner gives the producer id. */
export interface ProducerTransaction extends TransactionIdentity {
  /** Whether the partition may be written to; `resume` follows when it may later. */
  admits(topic: string, partition: number): boolean
}

interface Sent {
  readonly queue: PartitionQueue
  readonly batch: OutgoingBatch
}

interface BatchAnswer {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly baseOffset: bigint
}

/** Brokers remember the last five batches of a producer and partition. */
const MAX_IN_FLIGHT = 5
/** Smaller batches wait until the turn of the event loop is over, to share requests with others. */
const LARGE_BATCH_BYTES = 64 * 1024
const BACKOFF_MS = 100
const MAX_BACKOFF_MS = 1000

export class Producer {
  readonly #client: KafkaClient
  readonly #options: ProducerOptions
  readonly #callbacks: ProducerCallbacks
  readonly #transaction: ProducerTransaction | undefined
  readonly #queues = new Map<string, PartitionQueue>()
  readonly #inFlight = new Map<NodeId, number>()
  /** Batches not acknowledged, in the order of their ids. */
  readonly #outstanding = new Map<number, OutgoingBatch>()
  readonly #closing = new AbortController()
  #waiters: { readonly id: number; readonly resolve: () => void; readonly reject: (error: Error) => void }[] = []
  #producerId = -1n
  #producerEpoch = -1
  #lastId = 0
  #bufferedBytes = 0
  #renewing: Promise<void> | undefined
  #metadata: Promise<void> | undefined
  #failed: Error | undefined
  #timer: NodeJS.Timeout | undefined
  #pumpsSoon = false

  constructor(
    client: KafkaClient,
    options: ProducerOptions,
    callbacks: ProducerCallbacks,
    transaction?: ProducerTransaction,
  ) {
    this.#client = client
    this.#options = options
    this.#callbacks = callbacks
    this.#transaction = transaction
    if (transaction !== undefined) this.#assume(transaction)
  }

  /** Gets a producer id. Not in transactions. */
  async start(timeoutMs = this.#options.deliveryTimeoutMs): Promise<void> {
    await this.#initProducerId(timeoutMs)
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes
  }

  /** Whether everything sent is acknowledged. */
  get isIdle(): boolean {
    return this.#outstanding.size === 0
  }

  get isFull(): boolean {
    return this.#bufferedBytes >= this.#options.bufferBytes
  }

  /** Seals what the writer holds and sends it. The topic's metadata must be known to the client. */
  send(topic: string, partition: number, writer: BatchWriter): void {
    if (this.#failed !== undefined) throw this.#failed
    const key = partitionKey(topic, partition)
    let queue = this.#queues.get(key)
    if (queue === undefined) {
      queue = new PartitionQueue(topic, partition)
      this.#queues.set(key, queue)
    }
    const sealed = writer.seal({
      producerId: this.#producerId,
      producerEpoch: this.#producerEpoch,
      baseSequence: queue.nextSequence,
      isTransactional: this.#transaction !== undefined,
      compression: this.#options.compression,
    })
    const enqueuedAt = performance.now()
    for (const batch of sealed) {
      queue.nextSequence = advanceSequence(queue.nextSequence, batch.records)
      this.#bufferedBytes += batch.buffer.length
      const outgoing = { id: ++this.#lastId, sealed: batch, writer, enqueuedAt, inFlight: false }
      queue.batches.push(outgoing)
      this.#outstanding.set(outgoing.id, outgoing)
    }
    if (sealed.some(({ buffer }) => buffer.length >= LARGE_BATCH_BYTES)) this.#pump()
    else this.#pumpSoon()
  }

  /** Resolves when everything sent until now is acknowledged; rejects with the error that the producer failed with. */
  acknowledged(): Promise<void> {
    if (this.#failed !== undefined) return Promise.reject(this.#failed)
    if (this.#outstanding.size === 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiters.push({ id: this.#lastId, resolve, reject })
    })
  }

  /** Sends what waited for the transaction to admit its partition. */
  resume(): void {
    this.#pump()
  }

  /** Offset behind the last record of ours that a partition has acknowledged; undefined: not known. */
  endOf(topic: string, partition: number): number | undefined {
    return this.#queues.get(partitionKey(topic, partition))?.end
  }

  /** Goes on with another epoch, when everything is acknowledged. */
  restart(identity: ProducerIdentity): void {
    if (this.#outstanding.size > 0) throw new Error('batches of the epoch before are not acknowledged')
    this.#assume(identity)
    for (const queue of this.#queues.values()) queue.nextSequence = 0
  }

  /** Drops what is not acknowledged. */
  close(): void {
    this.#closing.abort()
    clearTimeout(this.#timer)
    this.#rejectWaiters(new DeliveryError('the producer is closed'))
    this.#queues.clear()
    this.#outstanding.clear()
  }

  #assume({ producerId, producerEpoch }: ProducerIdentity): void {
    this.#producerId = producerId
    this.#producerEpoch = producerEpoch
  }

  /** Sends whatever may be sent. */
  #pump(): void {
    if (this.#renewing !== undefined || this.#failed !== undefined || this.#closing.signal.aborted) return
    const now = performance.now()
    const requests = new Map<NodeId, { bytes: number; readonly sent: Sent[] }>()
    let wakeAt = Infinity
    for (const queue of this.#queues.values()) {
      const batch = queue.sendable(now, MAX_IN_FLIGHT)
      if (batch === undefined) {
        if (queue.retryAt > now && queue.batches.length > 0) wakeAt = Math.min(wakeAt, queue.retryAt)
        continue
      }
      if (this.#transaction?.admits(queue.topic, queue.partition) === false) continue
      const leader = this.#client.leader(queue.topic, queue.partition)
      if (leader === undefined) {
        this.#refreshMetadata()
        continue
      }
      if ((this.#inFlight.get(leader) ?? 0) >= MAX_IN_FLIGHT) continue
      const request = requests.get(leader) ?? { bytes: 0, sent: [] }
      const bytes = batch.sealed.buffer.length
      if (request.sent.length > 0 && request.bytes + bytes > this.#options.maxRequestBytes) continue
      request.bytes += bytes
      request.sent.push({ queue, batch })
      requests.set(leader, request)
    }
    for (const [node, { sent }] of requests) void this.#sendTo(node, sent)
    if (requests.size > 0) this.#pump()
    else if (wakeAt < Infinity) this.#pumpLater(wakeAt - now)
  }

  #pumpSoon(): void {
    if (this.#pumpsSoon) return
    this.#pumpsSoon = true
    queueMicrotask(() => {
      this.#pumpsSoon = false
      this.#pump()
    })
  }

  #pumpLater(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#pump()
    }, Math.ceil(ms))
  }

  async #sendTo(node: NodeId, sent: readonly Sent[]): Promise<void> {
    for (const { queue, batch } of sent) {
      batch.inFlight = true
      queue.inFlight++
    }
    this.#inFlight.set(node, (this.#inFlight.get(node) ?? 0) + 1)
    try {
      this.#complete(sent, await this.#request(node, sent))
    } catch (error) {
      if (this.#closing.signal.aborted) return
      if (!isRetriable(error)) this.#fail(error instanceof Error ? error : new Error(String(error)))
      else {
        this.#callbacks.onRetry(error)
        for (const { queue, batch } of sent) this.#retry(queue, batch, error)
        this.#refreshMetadata()
      }
    } finally {
      this.#inFlight.set(node, (this.#inFlight.get(node) ?? 1) - 1)
    }
    this.#pump()
  }

  #request(node: NodeId, sent: readonly Sent[]): Promise<ProduceResponse> {
    const topics = new Map<string, { index: number; records: Buffer }[]>()
    for (const { queue, batch } of sent) {
      const part = { index: queue.partition, records: batch.sealed.buffer }
      const parts = topics.get(queue.topic)
      if (parts === undefined) topics.set(queue.topic, [part])
      else parts.push(part)
    }
    return this.#client.request(
      node,
      'produce',
      api.Produce,
      {
        transactionalId: this.#transaction?.transactionalId ?? null,
        acks: -1,
        timeoutMs: this.#client.requestTimeoutMs,
        topicData: [...topics].map(([name, partitionData]) => ({ name, partitionData })),
      },
      this.#transaction?.version === 2 ? { minVersion: 12, maxVersion: 12 } : { minVersion: 3, maxVersion: 11 },
    )
  }

  #complete(sent: readonly Sent[], response: ProduceResponse): void {
    const answers = new Map<string, BatchAnswer>()
    for (const { name, partitionResponses } of response.responses) {
      for (const answer of partitionResponses) answers.set(partitionKey(name, answer.index), answer)
    }
    for (const { queue, batch } of sent) {
      const answer = answers.get(partitionKey(queue.topic, queue.partition))
      const errorMessage = 'the answer does not mention it'
      const missing = { errorCode: ErrorCode.UNKNOWN_SERVER_ERROR, errorMessage, baseOffset: -1n }
      this.#completeBatch(queue, batch, answer ?? missing)
    }
  }

  #completeBatch(
    queue: PartitionQueue,
    batch: OutgoingBatch,
    { errorCode, errorMessage, baseOffset }: BatchAnswer,
  ): void {
    const where = partitionKey(queue.topic, queue.partition)
    const isHead = queue.batches[0] === batch
    const verdict = this.#transaction === undefined ? verdictOf(errorCode) : verdictInTransaction(errorCode)
    if (verdict === 'acknowledged') {
      // A batch that was there already comes without its offset.
      if (baseOffset >= 0n) queue.end = Math.max(queue.end ?? 0, Number(baseOffset) + batch.sealed.records)
      this.#acknowledge(queue, batch)
      return
    }
    const error = this.#refusal(errorCode, queue, errorMessage)
    switch (verdict) {
      case 'fatal':
        this.#fail(deliveryError(errorCode, where, errorMessage))
        return
      case 'new-producer-id':
        // Behind a batch that failed, a gap in the sequence is no surprise: it goes away with the retry.
        this.#retry(queue, batch, error)
        if (isHead) this.#renewProducerId(error)
        return
      case 'abort':
        this.#retry(queue, batch, error)
        if (isHead) this.#fail(new TransactionAbortableError(error.message, { cause: error }))
        return
      case 'new-leader':
        this.#retry(queue, batch, error)
        this.#refreshMetadata()
        return
      case 'retry':
        this.#callbacks.onRetry(error)
        this.#retry(queue, batch, error)
        return
    }
  }

  #refusal(code: number, { topic, partition }: PartitionQueue, message: string | null): KafkaProtocolError {
    const { transactionalId = '' } = this.#transaction ?? {}
    const touched = { topic, operations: ['Write'], transactionalId } as const
    return this.#client.errorOf(code, `producing to ${partitionKey(topic, partition)}`, touched, message)
  }

  #acknowledge(queue: PartitionQueue, batch: OutgoingBatch): void {
    this.#landed(queue, batch)
    queue.isKnown = true
    queue.backoffMs = 0
    queue.remove(batch)
    const { isFull: wasFull } = this
    this.#bufferedBytes -= batch.sealed.buffer.length
    this.#outstanding.delete(batch.id)
    batch.writer.release(batch.sealed)
    const oldest = this.#outstanding.keys().next()
    const done = oldest.done === true ? Infinity : oldest.value
    while (this.#waiters[0] !== undefined && this.#waiters[0].id < done) this.#waiters.shift()?.resolve()
    if (wasFull && !this.isFull) this.#callbacks.onRoom()
    if (this.isIdle) this.#callbacks.onIdle()
  }

  #landed(queue: PartitionQueue, batch: OutgoingBatch): void {
    batch.inFlight = false
    queue.inFlight--
    if (queue.inFlight === 0) queue.draining = false
  }

  #retry(queue: PartitionQueue, batch: OutgoingBatch, error: Error): void {
    const waited = performance.now() - batch.enqueuedAt
    queue.draining = true
    this.#landed(queue, batch)
    queue.backoffMs = Math.min(Math.max(BACKOFF_MS, 2 * queue.backoffMs), MAX_BACKOFF_MS)
    queue.retryAt = performance.now() + queue.backoffMs
    if (waited + queue.backoffMs > this.#options.deliveryTimeoutMs) {
      this.#fail(
        new DeliveryError(
          `${partitionKey(queue.topic, queue.partition)} did not take a batch within the delivery time-out of ` +
            `${this.#options.deliveryTimeoutMs} ms: ${error.message}`,
          { cause: error },
        ),
      )
    }
  }

  /** When nothing is in flight any more: a new producer id, and new sequences for all that waits. */
  #renewProducerId(cause: Error): void {
    this.#callbacks.onRetry(cause)
    this.#renewing ??= this.#renew()
      .catch((error: unknown) => {
        if (!this.#closing.signal.aborted) this.#fail(error instanceof Error ? error : new Error(String(error)))
      })
      .finally(() => {
        this.#renewing = undefined
        this.#pump()
      })
  }

  async #renew(): Promise<void> {
    while ([...this.#queues.values()].some(({ inFlight }) => inFlight > 0)) {
      await pause(10, this.#closing.signal)
      this.#closing.signal.throwIfAborted()
    }
    await this.#initProducerId(this.#options.deliveryTimeoutMs)
    for (const queue of this.#queues.values()) {
      let baseSequence = 0
      queue.retryAt = 0
      queue.isKnown = false
      for (const { sealed } of queue.batches) {
        const state = { producerId: this.#producerId, producerEpoch: this.#producerEpoch, baseSequence }
        rewriteProducerState(sealed.buffer, state)
        baseSequence = advanceSequence(baseSequence, sealed.records)
      }
      queue.nextSequence = baseSequence
    }
  }

  async #initProducerId(timeoutMs: number): Promise<void> {
    const options = {
      timeoutMs,
      signal: this.#closing.signal,
      onRetry: (error: Error) => {
        this.#callbacks.onRetry(error)
      },
    }
    await retry(async () => {
      const node = this.#client.nodes[Math.floor(Math.random() * this.#client.nodes.length)] ?? this.#client.controller
      const response = await this.#client.request(
        node,
        'control',
        api.InitProducerId,
        { transactionalId: null, transactionTimeoutMs: 60_000 },
        { maxVersion: 4 },
      )
      if (response.errorCode !== ErrorCode.NONE) throw this.#client.errorOf(response.errorCode, 'a producer id', {})
      this.#assume(response)
    }, options)
  }

  #refreshMetadata(): void {
    this.#metadata ??= this.#refresh().finally(() => {
      this.#metadata = undefined
      this.#pump()
    })
  }

  async #refresh(): Promise<void> {
    const waiting = [...this.#queues.values()].filter(({ batches }) => batches.length > 0)
    const topics = [...new Set(waiting.map(({ topic }) => topic))]
    try {
      await this.#client.refresh(topics)
    } catch (error) {
      if (this.#closing.signal.aborted) return
      if (!isRetriable(error)) this.#fail(error instanceof Error ? error : new Error(String(error)))
      else this.#callbacks.onRetry(error)
    }
    // Not in a tight loop when a partition has no leader.
    await pause(BACKOFF_MS, this.#closing.signal)
    this.#expire()
  }

  /** Gives up when batches wait for a leader longer than the delivery time-out. */
  #expire(): void {
    const [oldest] = this.#outstanding.values()
    if (oldest === undefined || oldest.inFlight) return
    if (performance.now() - oldest.enqueuedAt <= this.#options.deliveryTimeoutMs) return
    this.#fail(
      new DeliveryError(`no broker took a batch within the delivery time-out of ${this.#options.deliveryTimeoutMs} ms`),
    )
  }

  #fail(error: Error): void {
    if (this.#failed !== undefined) return
    this.#failed = error
    clearTimeout(this.#timer)
    this.#rejectWaiters(error)
    this.#callbacks.onFatal(error)
  }

  #rejectWaiters(error: Error): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const { reject } of waiters) reject(error)
  }
}
