/**
 * Committed offsets of a consumer group: fetch and commit. An offset is the next one to read. Offsets are safe integers
 * in this process; Kafka's 64 bits beyond 2^53 do not occur in practice.
 */
import { ErrorCode, api } from './protocol/index.js'
import type { KafkaClient } from './client.js'
import { atCoordinator, type RetryOptions } from './retry.js'
import { byTopic, partitionKey, type TopicPartition } from './topic-partition.js'

export interface PartitionOffset extends TopicPartition {
  readonly offset: number
  /** Of the leader that appended what is before the offset: a later one may lack it. Absent, or -1: not known. */
  readonly leaderEpoch?: number
}

export interface CommittedOffset {
  readonly offset: number
  /** -1: not known. */
  readonly leaderEpoch: number
}

/** Who commits; the coordinator refuses a member of an older generation. */
export interface GroupIdentity {
  readonly groupId: string
  readonly generationId: number
  readonly memberId: string
  readonly groupInstanceId: string | null
}

/** Committed offsets by `partitionKey`; partitions without one are absent. Waits for open transactions (KIP-447). */
export const fetchCommittedOffsets = async (
  client: KafkaClient,
  groupId: string,
  partitions: readonly TopicPartition[],
  options: RetryOptions,
): Promise<ReadonlyMap<string, CommittedOffset>> => {
  if (partitions.length === 0) return new Map()
  const topics = [...byTopic(partitions)].map(([name, group]) => ({
    name,
    partitionIndexes: group.map(({ partition }) => partition),
  }))
  return atCoordinator(client, 'group', groupId, options, async (node) => {
    const response = await client.request(
      node,
      'control',
      api.OffsetFetch,
      { groupId, topics, requireStable: true },
      { minVersion: 7, maxVersion: 7 },
    )
    if (response.errorCode !== ErrorCode.NONE) {
      throw client.errorOf(response.errorCode, `committed offsets of group ${groupId}`, { group: groupId })
    }
    const offsets = new Map<string, CommittedOffset>()
    for (const topic of response.topics) {
      for (const { partitionIndex, committedOffset, committedLeaderEpoch, errorCode } of topic.partitions) {
        if (errorCode !== ErrorCode.NONE) {
          const touched = { group: groupId, topic: topic.name }
          throw client.errorOf(errorCode, `committed offset of ${topic.name}-${partitionIndex}`, touched)
        }
        if (committedOffset < 0n) continue
        offsets.set(partitionKey(topic.name, partitionIndex), {
          offset: Number(committedOffset),
          leaderEpoch: committedLeaderEpoch,
        })
      }
    }
    return offsets
  })
}

/** Commits; throws `KafkaProtocolError` with the first partition's error (22, 25, 27, 82: the generation is over). */
export const commitOffsets = async (
  client: KafkaClient,
  identity: GroupIdentity,
  offsets: readonly PartitionOffset[],
  options: RetryOptions,
): Promise<void> => {
  if (offsets.length === 0) return
  const topics = [...byTopic(offsets)].map(([name, group]) => ({
    name,
    partitions: group.map(({ partition, offset, leaderEpoch }) => ({
      partitionIndex: partition,
      committedOffset: BigInt(offset),
      committedLeaderEpoch: leaderEpoch ?? -1,
      committedMetadata: '',
    })),
  }))
  await atCoordinator(client, 'group', identity.groupId, options, async (node) => {
    const response = await client.request(
      node,
      'control',
      api.OffsetCommit,
      {
        groupId: identity.groupId,
        generationIdOrMemberEpoch: identity.generationId,
        memberId: identity.memberId,
        groupInstanceId: identity.groupInstanceId,
        topics,
      },
      { minVersion: 7, maxVersion: 9 },
    )
    for (const topic of response.topics) {
      for (const { partitionIndex, errorCode } of topic.partitions) {
        if (errorCode !== ErrorCode.NONE) {
          const touched = { group: identity.groupId, topic: topic.name }
          throw client.errorOf(errorCode, `commit of ${topic.name}-${partitionIndex}`, touched)
        }
      }
    }
  })
}
