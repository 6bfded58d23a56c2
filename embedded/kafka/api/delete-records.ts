/** DeleteRecords: moves the start of a log. */
import { ErrorCode } from '../../../runtime/kafka/protocol/index.js'
import type { DeleteRecordsRequest, DeleteRecordsResponseInput } from '../../../runtime/kafka/protocol/index.js'
import { findPartition } from './find-partition.js'
import type { Handler } from './route.js'

const UP_TO_END = -1

export const deleteRecords: Handler<DeleteRecordsRequest, DeleteRecordsResponseInput> = (request, context) => ({
  throttleTimeMs: 0,
  topics: request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex, offset }) => {
      const { errorCode, topic, partition } = findPartition(context, name, partitionIndex)
      const refused = (code: number) => ({ partitionIndex, lowWatermark: -1n, errorCode: code })
      if (topic === undefined) return refused(errorCode)
      const policies = topic.config.list('cleanup.policy')
      if (policies.length > 0 && !policies.includes('delete')) return refused(ErrorCode.POLICY_VIOLATION)
      const { log } = partition
      const target = Number(offset) === UP_TO_END ? log.highWatermark : Number(offset)
      if (target < 0 || target > log.highWatermark) return refused(ErrorCode.OFFSET_OUT_OF_RANGE)
      context.cluster.deleteRecordsBelow(topic, partition, target)
      return { partitionIndex, lowWatermark: BigInt(log.startOffset), errorCode: ErrorCode.NONE }
    }),
  })),
})
