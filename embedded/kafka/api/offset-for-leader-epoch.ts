/** OffsetForLeaderEpoch: where an epoch ends, by which clients notice that a log was truncated. */
import type {
  OffsetForLeaderEpochRequest,
  OffsetForLeaderEpochResponseInput,
} from '../../../runtime/kafka/protocol/index.js'
import { findPartition } from './find-partition.js'
import type { Handler } from './route.js'

export const offsetForLeaderEpoch: Handler<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponseInput> = (
  request,
  context,
) => ({
  throttleTimeMs: 0,
  topics: request.topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((asked) => {
      const found = findPartition(context, topic, asked.partition, asked.currentLeaderEpoch)
      if (found.partition === undefined) return { errorCode: found.errorCode, partition: asked.partition }
      const { log } = found.partition
      const { epoch, endOffset } = log.epochs.endOf(asked.leaderEpoch, log.endOffset)
      return { errorCode: 0, partition: asked.partition, leaderEpoch: epoch, endOffset: BigInt(endOffset) }
    }),
  })),
})
