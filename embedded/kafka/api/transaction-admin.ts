/** DescribeTransactions, ListTransactions and DescribeProducers. */
import { ErrorCode } from '../../../runtime/kafka/protocol/index.js'
import type {
  DescribeProducersRequest,
  DescribeProducersResponseInput,
  DescribeTransactionsRequest,
  DescribeTransactionsResponseInput,
  ListTransactionsRequest,
  ListTransactionsResponseInput,
} from '../../../runtime/kafka/protocol/index.js'
import { TRANSACTION_STATES } from '../transaction/transaction.js'
import { findPartition } from './find-partition.js'
import type { Handler } from './route.js'
import { transactionProblem } from './transactions.js'

export const describeTransactions: Handler<DescribeTransactionsRequest, DescribeTransactionsResponseInput> = (
  request,
  context,
) => ({
  throttleTimeMs: 0,
  transactionStates: request.transactionalIds.map((transactionalId) => {
    const problem = transactionProblem(transactionalId, context)
    const transaction = context.cluster.transactions.get(transactionalId)
    const errorCode = problem || (transaction === undefined ? ErrorCode.TRANSACTIONAL_ID_NOT_FOUND : ErrorCode.NONE)
    return {
      errorCode,
      transactionalId,
      transactionState: transaction?.state ?? '',
      transactionTimeoutMs: transaction?.timeoutMs ?? 0,
      transactionStartTimeMs: BigInt(transaction?.startTime ?? 0),
      producerId: transaction?.producerId ?? 0n,
      producerEpoch: transaction?.producerEpoch ?? 0,
      topics: [...(transaction?.partitions ?? [])].map(([topic, partitions]) => ({
        topic,
        partitions: [...partitions],
      })),
    }
  }),
})

export const listTransactions: Handler<ListTransactionsRequest, ListTransactionsResponseInput> = (request, context) => {
  const { stateFilters, producerIdFilters, durationFilter, transactionalIdPattern } = request
  const { cluster, node } = context
  const now = cluster.clock.now()
  const pattern = transactionalIdPattern === null ? null : new RegExp(`^(?:${transactionalIdPattern})$`)
  return {
    throttleTimeMs: 0,
    errorCode: context.injectedError(),
    unknownStateFilters: stateFilters.filter((name) => !TRANSACTION_STATES.some((state) => state === name)),
    transactionStates: cluster.transactions
      .all()
      .filter(({ id }) => cluster.coordinator('transaction', id)?.id === node.id)
      .filter(({ state }) => stateFilters.length === 0 || stateFilters.includes(state))
      .filter(({ producerId }) => producerIdFilters.length === 0 || producerIdFilters.includes(producerId))
      .filter(({ startTime }) => durationFilter < 0n || now - startTime > Number(durationFilter))
      .filter(({ id }) => pattern?.test(id) ?? true)
      .map(({ id, producerId, state }) => ({ transactionalId: id, producerId, transactionState: state })),
  }
}

export const describeProducers: Handler<DescribeProducersRequest, DescribeProducersResponseInput> = (
  request,
  context,
) => ({
  throttleTimeMs: 0,
  topics: request.topics.map(({ name, partitionIndexes }) => ({
    name,
    partitions: partitionIndexes.map((partitionIndex) => {
      const { errorCode, partition } = findPartition(context, name, partitionIndex)
      const active = partition?.log.producers.active() ?? []
      return {
        partitionIndex,
        errorCode,
        activeProducers: active.map(({ producerId, epoch, lastSequence, lastTimestamp, transactionStart }) => ({
          producerId,
          producerEpoch: epoch,
          lastSequence,
          lastTimestamp: BigInt(lastTimestamp),
          coordinatorEpoch: 0,
          currentTxnStartOffset: BigInt(transactionStart ?? -1),
        })),
      }
    }),
  })),
})
