/** TxnOffsetCommit: offsets that count when their transaction commits. */
import { ErrorCode } from '../../../runtime/kafka/protocol/index.js'
import type { TxnOffsetCommitRequest, TxnOffsetCommitResponseInput } from '../../../runtime/kafka/protocol/index.js'
import { coordinatorProblem } from './group-membership.js'
import { MAX_METADATA_BYTES } from './group-offsets.js'
import type { Handler, RequestContext } from './route.js'

const MEMBER_SINCE = 3
const ADDED_BY_ITSELF_SINCE = 5

export const txnOffsetCommit: Handler<TxnOffsetCommitRequest, TxnOffsetCommitResponseInput> = (request, context) => {
  const { cluster } = context
  const topics = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((asked) => ({ asked, topic: cluster.topic(name)?.partition(asked.partitionIndex) })),
  }))
  const isAnyKnown = topics.some(({ partitions }) => partitions.some(({ topic }) => topic !== undefined))
  const problem = isAnyKnown ? commitProblem(request, context) : ErrorCode.NONE
  const { offsets } = cluster.groups.getOrCreate(request.groupId)
  return {
    throttleTimeMs: 0,
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ asked, topic }) => {
        const { partitionIndex, committedOffset, committedLeaderEpoch } = asked
        const metadata = asked.committedMetadata ?? ''
        if (topic === undefined) return { partitionIndex, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION }
        if (problem !== 0) return { partitionIndex, errorCode: problem }
        if (Buffer.byteLength(metadata) > MAX_METADATA_BYTES) {
          return { partitionIndex, errorCode: ErrorCode.OFFSET_METADATA_TOO_LARGE }
        }
        offsets.commitInTransaction(request.producerId, name, partitionIndex, {
          offset: committedOffset,
          leaderEpoch: committedLeaderEpoch,
          metadata,
        })
        return { partitionIndex, errorCode: ErrorCode.NONE }
      }),
    })),
  }
}

const commitProblem = (request: TxnOffsetCommitRequest, context: RequestContext): number => {
  const { transactionalId, groupId, memberId, groupInstanceId, generationId } = request
  const { cluster, apiVersion } = context
  const group = cluster.groups.get(groupId)
  const member = apiVersion >= MEMBER_SINCE ? { memberId, groupInstanceId, generationId } : NO_MEMBER
  const inTransaction = (): number => {
    const { transactions } = cluster
    const errorCode =
      apiVersion >= ADDED_BY_ITSELF_SINCE
        ? transactions.add(transactionalId, request, [], [groupId])
        : transactions.verify(transactionalId, request, (transaction) => transaction.groups.has(groupId))
    return errorCode === ErrorCode.PRODUCER_FENCED ? ErrorCode.INVALID_PRODUCER_EPOCH : errorCode
  }
  return (
    coordinatorProblem(groupId, context) ||
    (group === undefined && member.generationId >= 0 ? ErrorCode.ILLEGAL_GENERATION : 0) ||
    inTransaction() ||
    (group?.commitProblem(member.memberId, member.groupInstanceId, member.generationId, true) ?? ErrorCode.NONE)
  )
}

const NO_MEMBER = { memberId: '', groupInstanceId: null, generationId: -1 }
