/**
 * Produce: each partition's batch is checked and appended as it is. With acks 0 nothing is answered, and an error
 * closes the connection, as in Kafka.
 */
import { ErrorCode } from '../../../runtime/kafka/protocol/index.js'
import type {
  PartitionProduceResponseInput,
  ProduceRequest,
  ProduceResponseInput,
} from '../../../runtime/kafka/protocol/index.js'
import type { BatchHeader } from '../../../runtime/kafka/record-batch/index.js'
import { validateBatch } from '../log/validate-batch.js'
import type { Partition, Topic } from '../topic.js'
import { findPartition } from './find-partition.js'
import type { Handler, RequestContext } from './route.js'

const CURRENT_LEADER_SINCE = 10
const ABORTABLE_SINCE = 11
const IMPLICIT_ADD_SINCE = 12

export const produce: Handler<ProduceRequest, ProduceResponseInput> = (request, context) => {
  const responses = request.topicData.map(({ name, partitionData }) => ({
    name,
    partitionResponses: partitionData.map(({ index, records }) => append(name, index, records, request, context)),
  }))
  const partitions = responses.flatMap((topic) => topic.partitionResponses)
  if (request.acks === 0) return partitions.some((partition) => partition.errorCode !== 0) ? 'close' : null
  const needsLeaders = partitions.some((partition) => partition.errorCode === ErrorCode.NOT_LEADER_OR_FOLLOWER)
  const nodeEndpoints =
    needsLeaders && context.apiVersion >= CURRENT_LEADER_SINCE
      ? context.cluster.liveNodes.map(({ id, host, port }) => ({ nodeId: id, host, port }))
      : []
  return { responses, nodeEndpoints }
}

const refused = (
  index: number,
  errorCode: number,
  errorMessage: string | null = null,
): PartitionProduceResponseInput => ({
  index,
  errorCode,
  baseOffset: -1n,
  errorMessage,
})

const append = (
  name: string,
  index: number,
  records: Buffer | null,
  request: ProduceRequest,
  context: RequestContext,
): PartitionProduceResponseInput => {
  if (request.acks < -1 || request.acks > 1) return refused(index, ErrorCode.INVALID_REQUIRED_ACKS)
  const { errorCode, topic, partition } = findPartition(context, name, index)
  if (topic === undefined) return refusedByLeader(name, index, errorCode, context)
  const required = topic.config.number('min.insync.replicas')
  const live = new Set(context.cluster.liveNodes.map((node) => node.id))
  if (request.acks === -1 && partition.replicas.filter((id) => live.has(id)).length < required) {
    return refused(index, ErrorCode.NOT_ENOUGH_REPLICAS)
  }
  return appendTo(topic, partition, records, request, context)
}

/** Newer clients learn the leader from the refusal itself. */
const refusedByLeader = (
  name: string,
  index: number,
  errorCode: number,
  { cluster, apiVersion }: RequestContext,
): PartitionProduceResponseInput => {
  const partition = cluster.topic(name)?.partition(index)
  if (errorCode !== ErrorCode.NOT_LEADER_OR_FOLLOWER || apiVersion < CURRENT_LEADER_SINCE || partition === undefined) {
    return refused(index, errorCode)
  }
  const { leader: leaderId, leaderEpoch } = partition
  return { ...refused(index, errorCode), currentLeader: { leaderId, leaderEpoch } }
}

const appendTo = (
  topic: Topic,
  partition: Partition,
  records: Buffer | null,
  { transactionalId }: ProduceRequest,
  context: RequestContext,
): PartitionProduceResponseInput => {
  const now = context.cluster.clock.now()
  const { config } = topic
  const { log, index } = partition
  const logAppendTime = config.text('message.timestamp.type') === 'LogAppendTime'
  const check = validateBatch(records, {
    produceVersion: context.apiVersion,
    maxMessageBytes: config.number('max.message.bytes'),
    latestTimestamp: now + config.number('message.timestamp.after.max.ms'),
    earliestTimestamp: now - config.number('message.timestamp.before.max.ms'),
    logAppendTime,
    needsKeys: config.list('cleanup.policy').includes('compact'),
  })
  const logStartOffset = BigInt(log.startOffset)
  if (!check.ok) {
    return {
      ...refused(index, check.errorCode, check.message),
      logStartOffset: check.byLog ? logStartOffset : -1n,
      recordErrors: check.records.map((batchIndex) => ({ batchIndex, batchIndexErrorMessage: check.message })),
    }
  }
  const notInTransaction = check.header.isTransactional
    ? transactionProblem(transactionalId, check.header, topic, partition, context)
    : ErrorCode.NONE
  if (notInTransaction !== 0) return refused(index, notInTransaction)
  const sequence = log.producers.check(check.header)
  switch (sequence.kind) {
    case 'refused':
      return { ...refused(index, sequence.errorCode, sequence.message), logStartOffset }
    case 'duplicate': {
      const logAppendTimeMs = BigInt(sequence.timestamp)
      return { index, errorCode: 0, baseOffset: BigInt(sequence.baseOffset), logAppendTimeMs, logStartOffset }
    }
    case 'accepted': {
      const stamp = { partitionLeaderEpoch: partition.leaderEpoch, ...(logAppendTime ? { appendTime: now } : {}) }
      const baseOffset = BigInt(log.append(check.batch, check.header, stamp))
      return { index, errorCode: 0, baseOffset, logAppendTimeMs: logAppendTime ? BigInt(now) : -1n, logStartOffset }
    }
  }
}

/**
 * Whether a transactional batch belongs to an open transaction of its producer. Produce 12 adds the partition to it;
 * clients before must have added it, and are told so in the words that their version knows.
 */
const transactionProblem = (
  transactionalId: string | null,
  header: BatchHeader,
  topic: Topic,
  { index, log }: Partition,
  { cluster, apiVersion }: RequestContext,
): number => {
  if (transactionalId === null) return ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED
  const { producerId, producerEpoch } = header
  const isKnown =
    log.producers.transactionStart(producerId) !== null && log.producers.epoch(producerId) === producerEpoch
  if (isKnown) return ErrorCode.NONE
  const errorCode =
    apiVersion >= IMPLICIT_ADD_SINCE
      ? cluster.transactions.add(transactionalId, header, [{ topic: topic.name, partition: index }], [])
      : cluster.transactions.verify(transactionalId, header, (transaction) =>
          transaction.hasPartition(topic.name, index),
        )
  switch (errorCode) {
    case ErrorCode.PRODUCER_FENCED:
      return ErrorCode.INVALID_PRODUCER_EPOCH
    case ErrorCode.INVALID_TXN_STATE:
      return apiVersion >= ABORTABLE_SINCE ? ErrorCode.TRANSACTION_ABORTABLE : errorCode
    case ErrorCode.CONCURRENT_TRANSACTIONS:
      return apiVersion >= IMPLICIT_ADD_SINCE ? errorCode : ErrorCode.NOT_ENOUGH_REPLICAS
    default:
      return errorCode
  }
}
