/** CreateTopics, DeleteTopics and CreatePartitions. */
import { ErrorCode, ZERO_UUID } from '../../../runtime/kafka/protocol/index.js'
import type {
  CreatableTopic,
  CreatableTopicResultInput,
  CreatePartitionsRequest,
  CreatePartitionsResponseInput,
  CreatePartitionsTopic,
  CreateTopicsRequest,
  CreateTopicsResponseInput,
  DeleteTopicsRequest,
  DeleteTopicsResponseInput,
} from '../../../runtime/kafka/protocol/index.js'
import type { Cluster, Refusal } from '../cluster.js'
import { ConfigSource } from './config-source.js'
import type { Handler, RequestContext } from './route.js'
import { TOPIC_CONFIGS } from '../topic-config.js'
import type { Topic } from '../topic.js'

const TOPIC_IDS_SINCE = 7
const RESULT_DETAILS_SINCE = 5
const DELETE_STATES_SINCE = 6

export const createTopics: Handler<CreateTopicsRequest, CreateTopicsResponseInput> = (request, context) => {
  const counts = new Map<string, number>()
  for (const { name } of request.topics) counts.set(name, (counts.get(name) ?? 0) + 1)
  const topics = request.topics
    .filter(({ name }, index) => request.topics.findIndex((other) => other.name === name) === index)
    .map((topic) =>
      (counts.get(topic.name) ?? 0) > 1
        ? refusedTopic(topic.name, { errorCode: ErrorCode.INVALID_REQUEST, message: 'Duplicate topic name.' })
        : createTopic(topic, request.validateOnly, context),
    )
  return { throttleTimeMs: 0, topics }
}

const refusedTopic = (name: string, { errorCode, message }: Refusal): CreatableTopicResultInput => ({
  name,
  errorCode,
  errorMessage: message,
})

const createTopic = (
  asked: CreatableTopic,
  validateOnly: boolean,
  context: RequestContext,
): CreatableTopicResultInput => {
  const { cluster, apiVersion } = context
  const injected = context.injectedError(asked.name)
  if (injected !== 0) return refusedTopic(asked.name, { errorCode: injected, message: 'Injected fault.' })
  const spec = {
    name: asked.name,
    partitions: asked.numPartitions,
    replicationFactor: asked.replicationFactor,
    assignments: [...asked.assignments]
      .sort((a, b) => a.partitionIndex - b.partitionIndex)
      .map((assignment) => assignment.brokerIds),
    configs: new Map(asked.configs.flatMap(({ name, value }) => (value === null ? [] : [[name, value]]))),
  }
  const refused = cluster.createTopic(spec, validateOnly)
  if (refused !== null) return refusedTopic(asked.name, refused)
  const topic = cluster.topic(asked.name)
  return {
    name: asked.name,
    errorCode: ErrorCode.NONE,
    errorMessage: null,
    ...(apiVersion >= TOPIC_IDS_SINCE ? { topicId: topic?.id ?? ZERO_UUID } : {}),
    ...(apiVersion >= RESULT_DETAILS_SINCE
      ? {
          numPartitions: cluster.partitionCount(spec),
          replicationFactor: cluster.replicationFactor(spec),
          configs: [...TOPIC_CONFIGS].map(([name, definition]) => ({
            name,
            value: spec.configs.get(name) ?? definition.default,
            readOnly: false,
            configSource: spec.configs.has(name) ? ConfigSource.DYNAMIC_TOPIC : ConfigSource.DEFAULT,
            isSensitive: false,
          })),
        }
      : {}),
  }
}

export const deleteTopics: Handler<DeleteTopicsRequest, DeleteTopicsResponseInput> = (request, context) => {
  const asked =
    context.apiVersion >= DELETE_STATES_SINCE
      ? request.topics
      : request.topicNames.map((name) => ({ name, topicId: ZERO_UUID }))
  return {
    throttleTimeMs: 0,
    responses: asked.map(({ name, topicId }) => {
      const byId = topicId !== ZERO_UUID
      const topic = byId ? context.cluster.topicById(topicId) : context.cluster.topic(name ?? '')
      const injected = context.injectedError(topic?.name ?? name ?? '')
      const identity = { name: topic?.name ?? name, topicId: topic?.id ?? topicId }
      if (injected !== 0) return { ...identity, errorCode: injected }
      if (topic === undefined) {
        const errorCode = byId ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
        return { ...identity, errorCode, ...message(context, 'This server does not host this topic-partition.') }
      }
      context.cluster.deleteTopic(topic)
      return { ...identity, errorCode: ErrorCode.NONE }
    }),
  }
}

/** DeleteTopics has messages since version 5. */
const message = ({ apiVersion }: RequestContext, text: string): { readonly errorMessage?: string } =>
  apiVersion >= 5 ? { errorMessage: text } : {}

export const createPartitions: Handler<CreatePartitionsRequest, CreatePartitionsResponseInput> = (
  request,
  context,
) => ({
  throttleTimeMs: 0,
  results: request.topics.map((asked) => {
    const { cluster } = context
    const topic = cluster.topic(asked.name)
    const problem = partitionsProblem(asked, topic, cluster)
    if (problem === null && topic !== undefined && !request.validateOnly) cluster.addPartitions(topic, asked.count)
    return { name: asked.name, errorCode: problem?.errorCode ?? ErrorCode.NONE, errorMessage: problem?.message ?? null }
  }),
})

const partitionsProblem = (
  asked: CreatePartitionsTopic,
  topic: Topic | undefined,
  cluster: Cluster,
): Refusal | null => {
  if (topic === undefined) {
    return {
      errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
      message: 'This server does not host this topic-partition.',
    }
  }
  const current = topic.partitions.length
  if (asked.count < current) {
    return {
      errorCode: ErrorCode.INVALID_PARTITIONS,
      message: `The topic ${asked.name} currently has ${current} partition(s); ${asked.count} would not be an increase.`,
    }
  }
  if (asked.count === current) {
    return { errorCode: ErrorCode.INVALID_PARTITIONS, message: `Topic already has ${current} partition(s).` }
  }
  const added = asked.assignments
  if (added === null) return null
  const known = new Set(cluster.nodes.map((node) => node.id))
  const valid =
    added.length === asked.count - current && added.every((one) => one.brokerIds.every((id) => known.has(id)))
  return valid
    ? null
    : { errorCode: ErrorCode.INVALID_REPLICA_ASSIGNMENT, message: 'The manual partition assignment is invalid.' }
}
