/** OffsetCommit, OffsetFetch and OffsetDelete. */
import { ErrorCode, ZERO_UUID, decodeSubscription } from '../../../runtime/kafka/protocol/index.js'
import type {
  OffsetCommitRequest,
  OffsetCommitRequestPartition,
  OffsetCommitResponseInput,
  OffsetDeleteRequest,
  OffsetDeleteResponseInput,
  OffsetFetchRequest,
  OffsetFetchRequestGroup,
  OffsetFetchResponseGroupInput,
  OffsetFetchResponseInput,
} from '../../../runtime/kafka/protocol/index.js'
import type { ClassicGroup } from '../group/classic-group.js'
import { metadataFor } from '../group/member.js'
import type { Topic } from '../topic.js'
import { coordinatorProblem } from './group-membership.js'
import type { Handler, RequestContext } from './route.js'

/** Kafka's default for offset.metadata.max.bytes. */
export const MAX_METADATA_BYTES = 4096
const TOPIC_IDS_SINCE = 10
const LEADER_EPOCH_SINCE = { commit: 6, fetch: 5 }
const BATCHED_FETCH_SINCE = 8
const GROUP_ERROR_SINCE = 2

const findTopic = (
  name: string,
  topicId: string,
  { apiVersion, cluster }: RequestContext,
): { readonly topic: Topic | undefined; readonly missing: number } =>
  apiVersion >= TOPIC_IDS_SINCE
    ? { topic: cluster.topicById(topicId), missing: ErrorCode.UNKNOWN_TOPIC_ID }
    : { topic: cluster.topic(name), missing: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION }

export const offsetCommit: Handler<OffsetCommitRequest, OffsetCommitResponseInput> = (request, context) => {
  const { groupId, memberId, groupInstanceId, generationIdOrMemberEpoch: generationId } = request
  const { cluster, apiVersion } = context
  const known = cluster.groups.get(groupId)
  const problem =
    coordinatorProblem(groupId, context) ||
    (known === undefined && generationId >= 0 ? ErrorCode.ILLEGAL_GENERATION : 0) ||
    (known?.commitProblem(memberId, groupInstanceId, generationId, false) ?? 0)
  const commit = (topic: Topic, asked: OffsetCommitRequestPartition): number => {
    if (topic.partition(asked.partitionIndex) === undefined) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    const metadata = asked.committedMetadata ?? ''
    if (Buffer.byteLength(metadata) > MAX_METADATA_BYTES) return ErrorCode.OFFSET_METADATA_TOO_LARGE
    cluster.groups.getOrCreate(groupId).offsets.commit(topic.name, asked.partitionIndex, {
      offset: asked.committedOffset,
      leaderEpoch: apiVersion >= LEADER_EPOCH_SINCE.commit ? asked.committedLeaderEpoch : -1,
      metadata,
    })
    return ErrorCode.NONE
  }
  return {
    topics: request.topics.map(({ name, topicId, partitions }) => {
      const { topic, missing } = findTopic(name, topicId, context)
      const identity = apiVersion >= TOPIC_IDS_SINCE ? { topicId } : { name }
      const answers = partitions.map((asked) => ({
        partitionIndex: asked.partitionIndex,
        errorCode: problem || (topic === undefined ? missing : commit(topic, asked)),
      }))
      return { ...identity, partitions: answers }
    }),
  }
}

export const offsetFetch: Handler<OffsetFetchRequest, OffsetFetchResponseInput> = (request, context) => {
  const { apiVersion } = context
  if (apiVersion >= BATCHED_FETCH_SINCE) {
    return { groups: request.groups.map((group) => fetchGroup(group, request.requireStable, context)) }
  }
  const topics = request.topics?.map((topic) => ({ ...topic, topicId: ZERO_UUID })) ?? null
  const asked = { groupId: request.groupId, memberId: null, memberEpoch: -1, topics }
  const group = fetchGroup(asked, request.requireStable, context)
  return {
    topics: group.topics.map(({ name, partitions }) => ({ name: name ?? '', partitions })),
    ...(apiVersion >= GROUP_ERROR_SINCE ? { errorCode: group.errorCode } : {}),
  }
}

const fetchGroup = (
  asked: OffsetFetchRequestGroup,
  requireStable: boolean,
  context: RequestContext,
): OffsetFetchResponseGroupInput => {
  const { groupId } = asked
  const errorCode = coordinatorProblem(groupId, context)
  if (errorCode !== 0) return { groupId, errorCode, topics: [] }
  const group = context.cluster.groups.get(groupId)
  const wanted = asked.topics ?? allTopics(group, context)
  return {
    groupId,
    errorCode: ErrorCode.NONE,
    topics: wanted.map(({ name, topicId, partitionIndexes }) => {
      const { topic, missing } = findTopic(name, topicId, context)
      const byId = context.apiVersion >= TOPIC_IDS_SINCE
      return {
        ...(byId ? { topicId } : { name }),
        partitions: partitionIndexes.map((partitionIndex) =>
          byId && topic === undefined
            ? { partitionIndex, committedOffset: -1n, metadata: '', errorCode: missing }
            : fetchOffset(group, topic?.name ?? name, partitionIndex, requireStable, context),
        ),
      }
    }),
  }
}

const allTopics = (
  group: ClassicGroup | undefined,
  { cluster }: RequestContext,
): { readonly name: string; readonly topicId: string; readonly partitionIndexes: readonly number[] }[] =>
  [...(group?.offsets.topics() ?? [])].map(([name, partitionIndexes]) => ({
    name,
    topicId: cluster.topic(name)?.id ?? ZERO_UUID,
    partitionIndexes,
  }))

const fetchOffset = (
  group: ClassicGroup | undefined,
  topic: string,
  partitionIndex: number,
  requireStable: boolean,
  { apiVersion }: RequestContext,
) => {
  if (requireStable && group?.offsets.isPending(topic, partitionIndex) === true) {
    return { partitionIndex, committedOffset: -1n, metadata: '', errorCode: ErrorCode.UNSTABLE_OFFSET_COMMIT }
  }
  const committed = group?.offsets.get(topic, partitionIndex)
  return {
    partitionIndex,
    committedOffset: committed?.offset ?? -1n,
    metadata: committed?.metadata ?? '',
    errorCode: ErrorCode.NONE,
    ...(apiVersion >= LEADER_EPOCH_SINCE.fetch ? { committedLeaderEpoch: committed?.leaderEpoch ?? -1 } : {}),
  }
}

export const offsetDelete: Handler<OffsetDeleteRequest, OffsetDeleteResponseInput> = (request, context) => {
  const group = context.cluster.groups.get(request.groupId)
  const errorCode = coordinatorProblem(request.groupId, context) || deleteProblem(group)
  if (errorCode !== 0 || group === undefined) return { errorCode, throttleTimeMs: 0, topics: [] }
  const subscribed = subscribedTopics(group)
  return {
    errorCode,
    throttleTimeMs: 0,
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => {
        if (context.cluster.topic(name)?.partition(partitionIndex) === undefined) {
          return { partitionIndex, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION }
        }
        if (subscribed.has(name)) return { partitionIndex, errorCode: ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC }
        group.offsets.delete(name, partitionIndex)
        return { partitionIndex, errorCode: ErrorCode.NONE }
      }),
    })),
  }
}

/** Offsets of a live group can be deleted only where its subscriptions can be read. */
const deleteProblem = (group: ClassicGroup | undefined): number => {
  if (group === undefined) return ErrorCode.GROUP_ID_NOT_FOUND
  return group.state === 'Empty' || group.protocolType === 'consumer' ? ErrorCode.NONE : ErrorCode.NON_EMPTY_GROUP
}

const subscribedTopics = (group: ClassicGroup): ReadonlySet<string> =>
  new Set(
    group.members.flatMap((member) => {
      const bytes = metadataFor(member, group.protocolName ?? member.protocols[0]?.name ?? null)
      return bytes.length === 0 ? [] : decodeSubscription(bytes).topics
    }),
  )
