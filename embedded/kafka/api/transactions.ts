/** InitProducerId, AddPartitionsToTxn, AddOffsetsToTxn and EndTxn. */
import { ErrorCode } from '../../../runtime/kafka/protocol/index.js'
import type {
  AddOffsetsToTxnRequest,
  AddOffsetsToTxnResponseInput,
  AddPartitionsToTxnRequest,
  AddPartitionsToTxnResponseInput,
  AddPartitionsToTxnTopic,
  AddPartitionsToTxnTopicResultInput,
  EndTxnRequest,
  EndTxnResponseInput,
  InitProducerIdRequest,
  InitProducerIdResponseInput,
} from '../../../runtime/kafka/protocol/index.js'
import type { ProducerIdentity } from '../transaction/transaction.js'
import type { Handler, RequestContext } from './route.js'

const FENCED_SINCE = 2
const BATCHED_ADD_SINCE = 4
const EPOCH_RAISED_SINCE = 5
const INIT_KNOWS_FENCED_SINCE = 4

/** Older clients know fencing as an invalid epoch. */
const fencedFor = (errorCode: number, { apiVersion }: RequestContext, since: number): number =>
  errorCode === ErrorCode.PRODUCER_FENCED && apiVersion < since ? ErrorCode.INVALID_PRODUCER_EPOCH : errorCode

/** 0 when this node coordinates the transactional id. */
export const transactionProblem = (id: string, { cluster, node, injectedError }: RequestContext): number => {
  const injected = injectedError()
  if (injected !== 0) return injected
  if (id === '') return ErrorCode.INVALID_REQUEST
  return cluster.coordinator('transaction', id)?.id === node.id ? ErrorCode.NONE : ErrorCode.NOT_COORDINATOR
}

const refusedInit = (errorCode: number): InitProducerIdResponseInput => ({
  throttleTimeMs: 0,
  errorCode,
  producerId: -1n,
  producerEpoch: -1,
})

/** Without a transactional id, every call gives a new producer id. */
export const initProducerId: Handler<InitProducerIdRequest, InitProducerIdResponseInput> = (request, context) => {
  const { transactionalId, transactionTimeoutMs, producerId, producerEpoch } = request
  const { cluster } = context
  if (transactionalId === null) {
    const injected = context.injectedError()
    if (injected !== 0) return refusedInit(injected)
    return { throttleTimeMs: 0, errorCode: ErrorCode.NONE, producerId: cluster.newProducerId(), producerEpoch: 0 }
  }
  const problem = transactionProblem(transactionalId, context)
  if (problem !== 0) return refusedInit(problem)
  const expected = producerId === -1n ? null : { producerId, producerEpoch }
  const { errorCode, identity } = cluster.transactions.init(transactionalId, transactionTimeoutMs, expected)
  if (identity === null) return refusedInit(fencedFor(errorCode, context, INIT_KNOWS_FENCED_SINCE))
  return { throttleTimeMs: 0, errorCode, ...identity }
}

interface AddRequest extends ProducerIdentity {
  readonly transactionalId: string
  readonly verifyOnly: boolean
  readonly topics: readonly AddPartitionsToTxnTopic[]
}

export const addPartitionsToTxn: Handler<AddPartitionsToTxnRequest, AddPartitionsToTxnResponseInput> = (
  request,
  context,
) => {
  if (context.apiVersion >= BATCHED_ADD_SINCE) {
    return {
      throttleTimeMs: 0,
      errorCode: ErrorCode.NONE,
      resultsByTransaction: request.transactions.map((transaction) => ({
        transactionalId: transaction.transactionalId,
        topicResults: addPartitions(transaction, context),
      })),
    }
  }
  const single = {
    transactionalId: request.v3AndBelowTransactionalId,
    producerId: request.v3AndBelowProducerId,
    producerEpoch: request.v3AndBelowProducerEpoch,
    verifyOnly: false,
    topics: request.v3AndBelowTopics,
  }
  return { throttleTimeMs: 0, resultsByTopicV3AndBelow: addPartitions(single, context) }
}

const addPartitions = (request: AddRequest, context: RequestContext): AddPartitionsToTxnTopicResultInput[] => {
  const { cluster } = context
  const asked = request.topics.flatMap(({ name, partitions }) =>
    partitions.map((partition) => ({ topic: name, partition })),
  )
  const missing = asked.filter(({ topic, partition }) => cluster.topic(topic)?.partition(partition) === undefined)
  const errorCode = missing.length > 0 ? ErrorCode.OPERATION_NOT_ATTEMPTED : addAll(request, asked, context)
  return request.topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map((partitionIndex) => ({
      partitionIndex,
      partitionErrorCode: missing.some(({ topic, partition }) => topic === name && partition === partitionIndex)
        ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
        : errorCode,
    })),
  }))
}

const addAll = (
  request: AddRequest,
  partitions: readonly { readonly topic: string; readonly partition: number }[],
  context: RequestContext,
): number => {
  const { transactions } = context.cluster
  const { transactionalId, verifyOnly } = request
  const problem = transactionProblem(transactionalId, context)
  if (problem !== 0) return problem
  const errorCode = verifyOnly
    ? transactions.verify(transactionalId, request, (transaction) =>
        partitions.every(({ topic, partition }) => transaction.hasPartition(topic, partition)),
      )
    : transactions.add(transactionalId, request, partitions, [])
  return fencedFor(errorCode, context, FENCED_SINCE)
}

export const addOffsetsToTxn: Handler<AddOffsetsToTxnRequest, AddOffsetsToTxnResponseInput> = (request, context) => {
  const { transactionalId, groupId } = request
  const errorCode =
    transactionProblem(transactionalId, context) ||
    context.cluster.transactions.add(transactionalId, request, [], [groupId])
  return { throttleTimeMs: 0, errorCode: fencedFor(errorCode, context, FENCED_SINCE) }
}

export const endTxn: Handler<EndTxnRequest, EndTxnResponseInput> = (request, context) => {
  const { transactionalId, committed } = request
  const problem = transactionProblem(transactionalId, context)
  if (problem !== 0) return { throttleTimeMs: 0, errorCode: problem }
  const raisesEpoch = context.apiVersion >= EPOCH_RAISED_SINCE
  const { errorCode, identity } = context.cluster.transactions.end(
    transactionalId,
    request,
    committed,
    raisesEpoch ? 2 : 1,
  )
  if (identity === null) return { throttleTimeMs: 0, errorCode: fencedFor(errorCode, context, FENCED_SINCE) }
  return { throttleTimeMs: 0, errorCode, ...(raisesEpoch ? identity : {}) }
}
