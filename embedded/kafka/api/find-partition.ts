/** The partition that a data request names, if this node may serve it. */
import { ErrorCode } from '../../../runtime/kafka/protocol/index.js'
import type { Partition, Topic } from '../topic.js'
import type { RequestContext } from './route.js'

export type FoundPartition =
  | { readonly errorCode: 0; readonly topic: Topic; readonly partition: Partition }
  | { readonly errorCode: number; readonly topic: undefined; readonly partition: undefined }

const NOT_FOUND = { topic: undefined, partition: undefined }

/** No epoch (-1): the client does not say which leader it means. */
export const findPartition = (
  context: RequestContext,
  topicName: string,
  index: number,
  currentLeaderEpoch = -1,
  servesFollowers = false,
): FoundPartition => {
  const injected = context.injectedError(topicName, index)
  if (injected !== 0) return { errorCode: injected, ...NOT_FOUND }
  const topic = context.cluster.topic(topicName)
  const partition = topic?.partition(index)
  if (topic === undefined || partition === undefined) {
    return { errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ...NOT_FOUND }
  }
  if (currentLeaderEpoch >= 0 && currentLeaderEpoch < partition.leaderEpoch) {
    return { errorCode: ErrorCode.FENCED_LEADER_EPOCH, ...NOT_FOUND }
  }
  if (currentLeaderEpoch > partition.leaderEpoch) {
    return { errorCode: ErrorCode.UNKNOWN_LEADER_EPOCH, ...NOT_FOUND }
  }
  const isFollower = servesFollowers && partition.replicas.includes(context.node.id)
  if (partition.leader !== context.node.id && !isFollower)
    return { errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER, ...NOT_FOUND }
  return { errorCode: 0, topic, partition }
}
