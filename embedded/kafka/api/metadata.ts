/** Metadata: nodes, topics, leaders. Creates topics that are asked for, where the option allows it. */
import { ErrorCode, ZERO_UUID } from '../../../runtime/kafka/protocol/index.js'
import type {
  MetadataRequest,
  MetadataResponseInput,
  MetadataResponseTopicInput,
} from '../../../runtime/kafka/protocol/index.js'
import type { Topic } from '../topic.js'
import { topicNameProblem } from '../topic.js'
import { ALL_CLUSTER_OPERATIONS, ALL_TOPIC_OPERATIONS, OPERATIONS_UNKNOWN } from './authorized-operations.js'
import type { Handler, RequestContext } from './route.js'

const LAST_WITH_CLUSTER_OPERATIONS = 10
const AUTO_CREATION_CHOICE_SINCE = 4

export const metadata: Handler<MetadataRequest, MetadataResponseInput> = (request, context) => {
  const { cluster, apiVersion } = context
  const asked = request.topics
  const wantsAll = asked === null || (apiVersion === 0 && asked.length === 0)
  const topics = wantsAll
    ? cluster.topics.map((topic) => describe(topic, request, context))
    : asked.map((topic) => describeAsked(topic, request, context))
  const operations =
    request.includeClusterAuthorizedOperations && apiVersion <= LAST_WITH_CLUSTER_OPERATIONS
      ? ALL_CLUSTER_OPERATIONS
      : OPERATIONS_UNKNOWN
  return {
    brokers: cluster.liveNodes.map(({ id, host, port, rack }) => ({ nodeId: id, host, port, rack })),
    clusterId: cluster.id,
    controllerId: cluster.controllerId,
    topics,
    clusterAuthorizedOperations: operations,
  }
}

const failed = (name: string | null, topicId: string, errorCode: number): MetadataResponseTopicInput => ({
  errorCode,
  name,
  topicId,
  partitions: [],
})

const describeAsked = (
  asked: { readonly name: string | null; readonly topicId: string },
  request: MetadataRequest,
  context: RequestContext,
): MetadataResponseTopicInput => {
  const { cluster, apiVersion } = context
  if (asked.topicId !== ZERO_UUID) {
    const topic = cluster.topicById(asked.topicId)
    return topic === undefined
      ? failed(null, asked.topicId, ErrorCode.UNKNOWN_TOPIC_ID)
      : describe(topic, request, context)
  }
  const name = asked.name ?? ''
  const known = cluster.topic(name)
  if (known !== undefined) return describe(known, request, context)
  if (topicNameProblem(name) !== null) return failed(name, ZERO_UUID, ErrorCode.INVALID_TOPIC_EXCEPTION)
  const mayCreate = request.allowAutoTopicCreation || apiVersion < AUTO_CREATION_CHOICE_SINCE
  if (!cluster.settings.autoCreateTopics || !mayCreate) {
    return failed(name, ZERO_UUID, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
  }
  const refused = cluster.createTopic({
    name,
    partitions: -1,
    replicationFactor: -1,
    assignments: [],
    configs: new Map(),
  })
  const created = cluster.topic(name)
  return refused !== null || created === undefined
    ? failed(name, ZERO_UUID, refused?.errorCode ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    : describe(created, request, context)
}

const describe = (topic: Topic, request: MetadataRequest, context: RequestContext): MetadataResponseTopicInput => {
  const live = new Set(context.cluster.liveNodes.map((node) => node.id))
  const injected = context.injectedError(topic.name)
  if (injected !== 0) return failed(topic.name, topic.id, injected)
  return {
    errorCode: ErrorCode.NONE,
    name: topic.name,
    topicId: topic.id,
    isInternal: topic.isInternal,
    partitions: topic.partitions.map(({ index, leader, leaderEpoch, replicas }) => {
      const hasLeader = live.has(leader)
      return {
        errorCode: hasLeader ? ErrorCode.NONE : ErrorCode.LEADER_NOT_AVAILABLE,
        partitionIndex: index,
        leaderId: hasLeader ? leader : -1,
        leaderEpoch,
        replicaNodes: replicas,
        isrNodes: replicas.filter((id) => live.has(id)),
        offlineReplicas: context.apiVersion >= 5 ? replicas.filter((id) => !live.has(id)) : [],
      }
    }),
    topicAuthorizedOperations: request.includeTopicAuthorizedOperations ? ALL_TOPIC_OPERATIONS : OPERATIONS_UNKNOWN,
  }
}
