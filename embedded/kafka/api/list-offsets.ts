/** ListOffsets: start, end, largest time stamp, or the first record at or after a time. */
import { ErrorCode } from '../../../runtime/kafka/protocol/index.js'
import type {
  ListOffsetsPartition,
  ListOffsetsPartitionResponseInput,
  ListOffsetsRequest,
  ListOffsetsResponseInput,
} from '../../../runtime/kafka/protocol/index.js'
import { findTimestamp, latestTimestamp } from '../log/find-timestamp.js'
import { findPartition } from './find-partition.js'
import type { Handler, RequestContext } from './route.js'

const Timestamp = { LATEST: -1n, EARLIEST: -2n, MAX_TIMESTAMP: -3n, EARLIEST_LOCAL: -4n, LATEST_TIERED: -5n } as const
const READ_COMMITTED = 1
const LEADER_EPOCH_SINCE = 4

export const listOffsets: Handler<ListOffsetsRequest, ListOffsetsResponseInput> = (request, context) => ({
  topics: request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((asked) => list(name, asked, request.isolationLevel, context)),
  })),
})

const list = (
  topic: string,
  asked: ListOffsetsPartition,
  isolationLevel: number,
  context: RequestContext,
): ListOffsetsPartitionResponseInput => {
  const { partitionIndex, currentLeaderEpoch } = asked
  const { errorCode, partition } = findPartition(context, topic, partitionIndex, currentLeaderEpoch)
  if (partition === undefined) return { partitionIndex, errorCode }
  const { log } = partition
  const end = isolationLevel === READ_COMMITTED ? log.lastStableOffset : log.highWatermark
  const found = (offset: number, timestamp: number): ListOffsetsPartitionResponseInput => ({
    partitionIndex,
    errorCode: ErrorCode.NONE,
    timestamp: BigInt(timestamp),
    offset: BigInt(offset),
    ...(context.apiVersion >= LEADER_EPOCH_SINCE ? { leaderEpoch: log.epochs.epochOf(offset) } : {}),
  })
  const nothing = { partitionIndex, errorCode: ErrorCode.NONE }
  switch (asked.timestamp) {
    case Timestamp.EARLIEST:
    case Timestamp.EARLIEST_LOCAL:
      return found(log.startOffset, -1)
    case Timestamp.LATEST:
      return found(end, -1)
    case Timestamp.MAX_TIMESTAMP: {
      const record = latestTimestamp(log)
      return record === undefined ? nothing : found(record.offset, record.timestamp)
    }
    case Timestamp.LATEST_TIERED:
      return nothing
    default: {
      const record = findTimestamp(log, Number(asked.timestamp))
      return record === undefined || record.offset >= end ? nothing : found(record.offset, record.timestamp)
    }
  }
}
