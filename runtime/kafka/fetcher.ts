/**
 * Fetches the assigned partitions from their leaders, ahead of processing: one request at a time per broker, the next
 * one leaves as soon as an answer is in. The byte budget is shared out in equal parts, one reserved per partition, so
 * that a full input cannot starve the one that a task waits for. A moved leader costs a metadata look-up, not
 * a rebalance. Batches are handed over as they came: checksums, decompression and aborted transactions are the reader's.
 */
import { ErrorCode, KafkaProtocolError, api, type FetchResponse, type PartitionData } from './protocol/index.js'
import { AuthorizationError } from './authorization-error.js'
import type { KafkaClient } from './client.js'
import { ReadPositions } from './read-positions.js'
import { FetchedPartition, type ResetPolicy } from './fetched-partition.js'
import { HeldAnswers } from './held-answers.js'
import { isRetriable, pause } from './retry.js'
import type { SharedAnswer } from './shared-answer.js'
import { byTopic, partitionKey } from './topic-partition.js'
import type { NodeId } from './transport/transport.js'

export interface FetcherOptions {
  /** How long a broker may wait for data. */
  readonly maxWaitMs: number
  readonly minBytes: number
  /** Bytes of fetched records kept, over all partitions. A batch larger than its part is still accepted. */
  readonly budgetBytes: number
  /** The same in records; a request takes no notice of it, the one after it waits. Default: no limit. */
  readonly budgetRecords?: number
  /** Most bytes of one partition in one answer. */
  readonly maxPartitionBytes: number
  readonly isolation: 'read_committed' | 'read_uncommitted'
  /** Where this process is, in the brokers' `broker.rack` names: a replica there is read from, if they offer one (KIP-392). */
  readonly rack?: string
  /** For tests: fetched bytes are overwritten as soon as they are done with. */
  readonly overwriteDone?: boolean
}

export interface FetcherCallbacks {
  /** Records came in, or the end of the partition was reached. */
  onData(partition: FetchedPartition): void
  /** The partition cannot be read on: no authorisation, offset out of range without reset policy… */
  onError(error: Error, partition: FetchedPartition): void
  /** A leader lacks records that another one gave us: they are gone, though they were processed. */
  onTruncated(message: string, partition: FetchedPartition): void
  onRetry(error: Error): void
}

/** Wait of a request while some partitions of the broker are left out since their part of the budget is full. */
const HELD_BACK_WAIT_MS = 20
const BACKOFF_MS = 100
const MAX_BACKOFF_MS = 1000
/** After it, the leader is asked again whether there is a replica in our rack. */
const REPLICA_LEASE_MS = 300_000

const STALE_METADATA: ReadonlySet<number> = new Set([
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.LEADER_NOT_AVAILABLE,
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.FENCED_LEADER_EPOCH,
  ErrorCode.UNKNOWN_LEADER_EPOCH,
  ErrorCode.KAFKA_STORAGE_ERROR,
  ErrorCode.REPLICA_NOT_AVAILABLE,
  ErrorCode.OFFSET_NOT_AVAILABLE,
  ErrorCode.UNKNOWN_TOPIC_ID,
  ErrorCode.INCONSISTENT_TOPIC_ID,
])

export class Fetcher {
  readonly #client: KafkaClient
  readonly #options: FetcherOptions
  readonly #callbacks: FetcherCallbacks
  readonly #partitions = new Map<string, FetchedPartition>()
  readonly #busy = new Map<NodeId, Promise<void>>()
  readonly #closing = new AbortController()
  readonly #held: HeldAnswers
  readonly #positions: ReadPositions
  #metadata: Promise<void> | undefined

  constructor(client: KafkaClient, options: FetcherOptions, callbacks: FetcherCallbacks) {
    this.#client = client
    this.#options = options
    this.#callbacks = callbacks
    this.#held = new HeldAnswers(options.budgetBytes)
    this.#positions = new ReadPositions(client, this.#closing.signal, {
      onRetry: (error) => {
        callbacks.onRetry(error)
      },
      onTruncated: (message, partition) => {
        callbacks.onTruncated(message, partition)
      },
      onError: (error, partition) => {
        this.#fail(partition, error)
      },
      onFound: () => {
        this.#wake()
      },
    })
  }

  /** Memory of answers that are not done with. */
  get heldBytes(): number {
    return this.#held.bytes
  }

  /** Starts to fetch a partition at `offset`; `leaderEpoch` is of the leader that had what is before it, -1: unknown. */
  assign(topic: string, partition: number, offset: number, reset: ResetPolicy, leaderEpoch = -1): FetchedPartition {
    const key = partitionKey(topic, partition)
    if (this.#partitions.has(key)) throw new Error(`${key} is assigned already`)
    const onRoom = (): void => {
      this.#wake()
    }
    const fetched = new FetchedPartition(topic, partition, offset, reset, onRoom, this.#options.overwriteDone)
    fetched.lastEpoch = leaderEpoch
    fetched.checkedEpoch = leaderEpoch
    this.#partitions.set(key, fetched)
    this.#wake()
    return fetched
  }

  /** Answers that still come are dropped. */
  unassign(partition: FetchedPartition): void {
    this.#partitions.delete(partition.key)
    partition.drop()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    for (const partition of this.#partitions.values()) partition.drop()
    this.#partitions.clear()
    await Promise.all([...this.#busy.values(), this.#metadata])
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  /** Half of the budget: what answers hold may be twice what of them is buffered, see `HeldAnswers`. */
  get #reserve(): number {
    return Math.floor(this.#options.budgetBytes / 2 / Math.max(1, this.#partitions.size))
  }

  get #recordReserve(): number {
    return (this.#options.budgetRecords ?? Infinity) / Math.max(1, this.#partitions.size)
  }

  /** Starts a request to every broker that has something to fetch and none under way. */
  #wake(): void {
    if (this.#isClosed()) return
    for (const partition of this.#partitions.values()) {
      const node = this.#nodeOf(partition)
      if (node === undefined || partition.stale) this.#refreshMetadata()
      else if (this.#positions.mustCheck(partition)) void this.#positions.check(partition)
      else if (!this.#busy.has(node) && this.#wants(partition)) this.#startFetching(node)
    }
  }

  /** The replica that the leader has told us, else the leader. */
  #nodeOf({ topic, partition, replica }: FetchedPartition): NodeId | undefined {
    const leader = this.#client.leader(topic, partition)
    if (leader === undefined || replica === undefined || performance.now() > replica.until) return leader
    return this.#client.nodes.includes(replica.node) ? replica.node : leader
  }

  #startFetching(node: NodeId): void {
    const loop = this.#fetchFrom(node).finally(() => {
      this.#busy.delete(node)
      if (this.#next(node).wanted.length > 0) this.#wake()
    })
    this.#busy.set(node, loop)
  }

  #wants(partition: FetchedPartition): boolean {
    return (
      !partition.paused &&
      !partition.isSeeking &&
      partition.bufferedBytes <= this.#reserve / 2 &&
      partition.bufferedRecords <= this.#recordReserve / 2
    )
  }

  async #fetchFrom(node: NodeId): Promise<void> {
    let backoff = BACKOFF_MS
    while (!this.#isClosed()) {
      const { wanted, heldBack } = this.#next(node)
      if (wanted.length === 0) return
      try {
        await this.#fetch(node, wanted, heldBack)
        backoff = BACKOFF_MS
      } catch (error) {
        if (this.#isClosed()) return
        if (!isRetriable(error)) {
          const failure = error instanceof Error ? error : new Error(String(error))
          for (const partition of wanted) this.#fail(partition, failure)
          return
        }
        this.#callbacks.onRetry(error)
        for (const partition of wanted) {
          partition.stale = true
          partition.replica = undefined
        }
        this.#refreshMetadata()
        await pause(backoff, this.#closing.signal)
        backoff = Math.min(2 * backoff, MAX_BACKOFF_MS)
      }
    }
  }

  #next(node: NodeId): { readonly wanted: readonly FetchedPartition[]; readonly heldBack: boolean } {
    const wanted: FetchedPartition[] = []
    let heldBack = false
    for (const partition of this.#partitions.values()) {
      if (partition.stale || this.#nodeOf(partition) !== node || this.#positions.mustCheck(partition)) continue
      if (this.#wants(partition)) wanted.push(partition)
      else heldBack = true
    }
    return { wanted, heldBack }
  }

  async #fetch(node: NodeId, wanted: readonly FetchedPartition[], heldBack: boolean): Promise<void> {
    const { maxWaitMs, minBytes, maxPartitionBytes, isolation } = this.#options
    const reserve = this.#reserve
    let maxBytes = 0
    const topics = [...byTopic(wanted)].map(([topic, partitions]) => ({
      topic,
      partitions: partitions.map((partition) => {
        const partitionMaxBytes = Math.max(1, Math.min(maxPartitionBytes, reserve - partition.bufferedBytes))
        maxBytes += partitionMaxBytes
        partition.requestedOffset = partition.fetchOffset
        return {
          partition: partition.partition,
          currentLeaderEpoch: this.#leaderEpoch(partition),
          fetchOffset: BigInt(partition.fetchOffset),
          partitionMaxBytes,
        }
      }),
    }))
    const wait = heldBack ? Math.min(HELD_BACK_WAIT_MS, maxWaitMs) : maxWaitMs
    const response = await this.#client.request(
      node,
      'fetch',
      api.Fetch,
      {
        maxWaitMs: wait,
        minBytes,
        maxBytes: Math.min(maxBytes, 0x7fffffff),
        isolationLevel: isolation === 'read_committed' ? 1 : 0,
        topics,
        ...(this.#options.rack === undefined ? {} : { rackId: this.#options.rack }),
      },
      { minVersion: this.#options.rack === undefined ? 4 : 11, timeoutMs: wait + this.#client.requestTimeoutMs },
    )
    if (response.errorCode !== ErrorCode.NONE) throw new KafkaProtocolError(response.errorCode, 'fetch')
    this.#distribute(response, wanted)
  }

  #distribute({ responses }: FetchResponse, wanted: readonly FetchedPartition[]): void {
    let received = 0
    let memory: Buffer | undefined
    for (const topic of responses) {
      for (const { records } of topic.partitions) {
        received += records?.length ?? 0
        memory ??= records ?? undefined
      }
    }
    const answer = this.#held.hold(received, () => {
      if (memory !== undefined) this.#client.transport.giveBack(memory)
    })
    for (const { topic, partitions } of responses) {
      for (const data of partitions) {
        const partition = this.#partitions.get(partitionKey(topic, data.partitionIndex))
        if (partition !== undefined && wanted.includes(partition)) this.#receive(partition, data, received, answer)
      }
    }
    answer.release()
    for (const wasteful of this.#held.wasteful()) {
      for (const partition of this.#partitions.values()) partition.copyOut(wasteful)
    }
  }

  #leaderEpoch({ topic, partition }: FetchedPartition): number {
    return this.#client.topic(topic)?.partitions[partition]?.leaderEpoch ?? -1
  }

  #receive(partition: FetchedPartition, data: PartitionData, received: number, answer: SharedAnswer): void {
    if (partition.requestedOffset !== partition.fetchOffset || partition.isSeeking) return
    if (data.errorCode === ErrorCode.NONE) {
      if (data.preferredReadReplica >= 0) {
        partition.replica = { node: data.preferredReadReplica, until: performance.now() + REPLICA_LEASE_MS }
        this.#wake()
        return
      }
      try {
        if (partition.receive(data, received, answer)) this.#toTheEnd(partition)
      } catch (error) {
        this.#fail(partition, error instanceof Error ? error : new Error(String(error)))
        return
      }
      this.#callbacks.onData(partition)
      return
    }
    const where = `fetching ${partition.key} at offset ${partition.fetchOffset}`
    const error = this.#client.errorOf(data.errorCode, where, { topic: partition.topic })
    const wasReplica = partition.replica !== undefined
    partition.replica = undefined
    // A replica may be behind, or its log begin later: the leader decides.
    if (data.errorCode === ErrorCode.OFFSET_OUT_OF_RANGE && !wasReplica)
      void this.#positions.reset(partition, error.message)
    else if (data.errorCode === ErrorCode.OFFSET_OUT_OF_RANGE) this.#callbacks.onRetry(error)
    else if (error instanceof AuthorizationError) void this.#waitForGrant(partition, error)
    else if (STALE_METADATA.has(data.errorCode) || error.retriable) {
      this.#callbacks.onRetry(error)
      partition.stale = true
      this.#refreshMetadata()
    } else this.#fail(partition, error)
  }

  async #waitForGrant(partition: FetchedPartition, error: AuthorizationError): Promise<void> {
    this.#callbacks.onRetry(error)
    partition.isSeeking = true
    await pause(MAX_BACKOFF_MS, this.#closing.signal)
    partition.isSeeking = false
    this.#wake()
  }

  /** Who got data waits behind those who got none: the limit of an answer must not always hit the same ones. */
  #toTheEnd(partition: FetchedPartition): void {
    this.#partitions.delete(partition.key)
    this.#partitions.set(partition.key, partition)
  }

  #fail(partition: FetchedPartition, error: Error): void {
    partition.paused = true
    this.#callbacks.onError(error, partition)
  }

  #refreshMetadata(): void {
    this.#metadata ??= this.#refresh().finally(() => {
      this.#metadata = undefined
      this.#wake()
    })
  }

  /** Looks the leaders up until all assigned partitions have one; waits between tries. */
  async #refresh(): Promise<void> {
    let backoff = BACKOFF_MS
    for (let tries = 0; !this.#isClosed(); tries++) {
      if (tries > 0) {
        await pause(backoff, this.#closing.signal)
        backoff = Math.min(2 * backoff, MAX_BACKOFF_MS)
        if (this.#isClosed()) return
      }
      const partitions = [...this.#partitions.values()]
      try {
        await this.#client.refresh([...byTopic(partitions).keys()])
      } catch (error) {
        if (this.#isClosed()) return
        if (!isRetriable(error)) {
          for (const partition of partitions)
            this.#fail(partition, error instanceof Error ? error : new Error(String(error)))
          return
        }
        this.#callbacks.onRetry(error)
        continue
      }
      let complete = true
      for (const partition of partitions) {
        if (this.#client.leader(partition.topic, partition.partition) === undefined) complete = false
        else partition.stale = false
      }
      if (complete) {
        // The answer may come from a broker that has not heard of the new leader yet: do not ask in a tight loop.
        await pause(BACKOFF_MS, this.#closing.signal)
        return
      }
      this.#wake()
    }
  }
}
