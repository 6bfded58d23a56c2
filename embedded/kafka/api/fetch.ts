/**
 * Fetch, without sessions: every answer names every partition asked for. A request waits until there are enough bytes,
 * something is wrong, or its time is over. The bytes are those of the log, cut at the limits as Kafka cuts them.
 */
import { ErrorCode } from '../../../runtime/kafka/protocol/index.js'
import type {
  FetchPartition,
  FetchRequest,
  FetchResponseInput,
  FetchableTopicResponseInput,
  PartitionDataInput,
} from '../../../runtime/kafka/protocol/index.js'
import type { Partition } from '../topic.js'
import { findPartition } from './find-partition.js'
import type { Handler, RequestContext } from './route.js'

const READ_COMMITTED = 1
const NO_RECORDS = Buffer.alloc(0)
const CURRENT_LEADER_IN = 12
const RACKS_SINCE = 11

export const fetch: Handler<FetchRequest, FetchResponseInput> = async (request, context) => {
  if (request.sessionId !== 0 && request.sessionEpoch > 0) {
    return { throttleTimeMs: 0, errorCode: ErrorCode.FETCH_SESSION_ID_NOT_FOUND, responses: [] }
  }
  const read = new FetchRead(request, context)
  const watched = read.isSatisfied() || request.maxWaitMs <= 0 ? [] : partitionsOf(request, context)
  if (watched.length > 0) await untilEnough(watched, request, context)
  const responses = watched.length > 0 ? new FetchRead(request, context).topics : read.topics
  return { throttleTimeMs: 0, responses }
}

/** One pass over the partitions of a request. */
class FetchRead {
  readonly topics: readonly FetchableTopicResponseInput[]
  readonly #request: FetchRequest
  readonly #context: RequestContext
  #bytes = 0
  #failed = false

  constructor(request: FetchRequest, context: RequestContext) {
    this.#request = request
    this.#context = context
    this.topics = request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((asked) => this.#read(topic, asked)),
    }))
  }

  isSatisfied(): boolean {
    return this.#failed || this.#bytes >= this.#request.minBytes || this.topics.length === 0
  }

  #read(topic: string, asked: FetchPartition): PartitionDataInput {
    const followers = this.#context.apiVersion >= RACKS_SINCE
    const { errorCode, partition } = findPartition(
      this.#context,
      topic,
      asked.partition,
      asked.currentLeaderEpoch,
      followers,
    )
    if (partition === undefined) return this.#fail(topic, asked.partition, errorCode)
    const { log } = partition
    const offset = Number(asked.fetchOffset)
    if (offset < log.startOffset || offset > log.endOffset) {
      return this.#fail(topic, asked.partition, ErrorCode.OFFSET_OUT_OF_RANGE)
    }
    const replica = preferredReplica(partition, this.#request.rackId, this.#context)
    if (replica !== undefined) return this.#elsewhere(partition, replica)
    const committedOnly = this.#request.isolationLevel === READ_COMMITTED
    const upTo = committedOnly ? log.lastStableOffset : log.highWatermark
    const parts = log.read(offset, {
      maxBytes: Math.max(Math.min(asked.partitionMaxBytes, this.#request.maxBytes - this.#bytes), 0),
      upTo,
      atLeastOneBatch: this.#bytes === 0,
    })
    for (const part of parts) this.#bytes += part.length
    return {
      partitionIndex: asked.partition,
      errorCode: ErrorCode.NONE,
      highWatermark: BigInt(log.highWatermark),
      lastStableOffset: BigInt(log.lastStableOffset),
      logStartOffset: BigInt(log.startOffset),
      abortedTransactions: committedOnly ? abortedTransactions(partition, offset, upTo) : null,
      records: parts.length === 0 ? NO_RECORDS : parts,
    }
  }

  #elsewhere({ index, log }: Partition, replica: number): PartitionDataInput {
    this.#failed = true
    return {
      partitionIndex: index,
      errorCode: ErrorCode.NONE,
      highWatermark: BigInt(log.highWatermark),
      lastStableOffset: BigInt(log.lastStableOffset),
      logStartOffset: BigInt(log.startOffset),
      abortedTransactions: null,
      preferredReadReplica: replica,
      records: NO_RECORDS,
    }
  }

  #fail(topic: string, partitionIndex: number, errorCode: number): PartitionDataInput {
    this.#failed = true
    const leader = leaderOf(topic, partitionIndex, errorCode, this.#context)
    return {
      partitionIndex,
      errorCode,
      highWatermark: -1n,
      abortedTransactions: errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION ? [] : null,
      records: NO_RECORDS,
      ...(leader === undefined ? {} : { currentLeader: leader }),
    }
  }
}

/** As Kafka's RackAwareReplicaSelector: another replica in the reader's rack, unless the leader is there itself. */
const preferredReplica = (
  { leader, replicas }: Partition,
  rackId: string,
  { cluster, node }: RequestContext,
): number | undefined => {
  if (rackId === '' || leader !== node.id || node.rack === rackId) return undefined
  return cluster.liveNodes.find(({ id, rack }) => rack === rackId && replicas.includes(id))?.id
}

/** Newer clients learn the leader from the refusal itself. */
const leaderOf = (
  topic: string,
  index: number,
  errorCode: number,
  { apiVersion, cluster }: RequestContext,
): { readonly leaderId: number; readonly leaderEpoch: number } | undefined => {
  const partition = cluster.topic(topic)?.partition(index)
  const helps = errorCode === ErrorCode.NOT_LEADER_OR_FOLLOWER || errorCode === ErrorCode.FENCED_LEADER_EPOCH
  if (!helps || apiVersion !== CURRENT_LEADER_IN || partition === undefined) return undefined
  return { leaderId: partition.leader, leaderEpoch: partition.leaderEpoch }
}

/** The list covers what was read at most: up to the end that the reader may see. */
const abortedTransactions = (
  { log }: Partition,
  from: number,
  to: number,
): { readonly producerId: bigint; readonly firstOffset: bigint }[] =>
  log.abortedBetween(from, to).map(({ producerId, firstOffset }) => ({ producerId, firstOffset: BigInt(firstOffset) }))

interface WatchedPartition {
  readonly topic: string
  readonly partition: Partition
  readonly offset: number
  readonly leaderEpoch: number
}

const partitionsOf = (request: FetchRequest, { cluster }: RequestContext): WatchedPartition[] =>
  request.topics.flatMap(({ topic, partitions }) =>
    partitions.flatMap((asked) => {
      const partition = cluster.topic(topic)?.partition(asked.partition)
      if (partition === undefined) return []
      return [{ topic, partition, offset: Number(asked.fetchOffset), leaderEpoch: partition.leaderEpoch }]
    }),
  )

/** Resolves when a read is worth its while, at the latest after the request's waiting time. */
const untilEnough = (
  watched: readonly WatchedPartition[],
  request: FetchRequest,
  context: RequestContext,
): Promise<void> =>
  new Promise((resolve) => {
    const isEnough = (): boolean => {
      let bytes = 0
      for (const { topic, partition, offset, leaderEpoch } of watched) {
        const { log } = partition
        const isHere = context.cluster.topic(topic)?.partition(partition.index) === partition
        if (!isHere || partition.leaderEpoch !== leaderEpoch || offset < log.startOffset) return true
        const upTo = request.isolationLevel === READ_COMMITTED ? log.lastStableOffset : log.highWatermark
        bytes += log.availableBytes(offset, upTo, request.minBytes)
      }
      return bytes >= request.minBytes
    }
    const settle = (): void => {
      for (const unwatch of unwatches) unwatch()
      timer.cancel()
      resolve()
    }
    const unwatches = watched.map(({ partition }) =>
      partition.log.watch(() => {
        if (isEnough()) settle()
      }),
    )
    unwatches.push(context.onClose(settle))
    const timer = context.cluster.clock.schedule(request.maxWaitMs, settle)
  })
