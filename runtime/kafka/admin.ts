/** Administrative requests that an application needs: topics, their creation, first and last offsets. */
import { ErrorCode, KafkaProtocolError, api } from './protocol/index.js'
import { byLeader } from './by-leader.js'
import { AuthorizationError, type TopicOperation } from './authorization-error.js'
import type { KafkaClient, TopicInfo } from './client.js'
import { retry, type RetryOptions } from './retry.js'
import { byTopic, partitionKey, type TopicPartition } from './topic-partition.js'

export interface NewTopic {
  readonly topic: string
  readonly partitions: number
  /** Default -1: the broker's. */
  readonly replicationFactor?: number
  readonly config: Readonly<Record<string, string>>
}

/**
 * What exists of these topics; throws for errors other than "unknown". `operations`: what we are about to do with a topic,
 * to be granted where we may not even see it.
 */
export const describeTopics = (
  client: KafkaClient,
  topics: readonly string[],
  options: RetryOptions,
  operations: (topic: string) => readonly TopicOperation[] = () => ['Describe'],
): Promise<ReadonlyMap<string, TopicInfo>> =>
  retry(async () => {
    const found = new Map<string, TopicInfo>()
    const refused: string[] = []
    for (const [name, info] of await client.refresh(topics)) {
      if (!(info instanceof KafkaProtocolError)) found.set(name, info)
      else if (info instanceof AuthorizationError) refused.push(name)
      else if (info.code !== ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) throw info
    }
    if (refused.length > 0) throw topicsRefused(client.transport.principal, refused, operations)
    return found
  }, options)

/** All of them at once. */
const topicsRefused = (
  principal: string | undefined,
  topics: readonly string[],
  operations: (topic: string) => readonly TopicOperation[],
): AuthorizationError =>
  new AuthorizationError(
    ErrorCode.TOPIC_AUTHORIZATION_FAILED,
    'metadata of topics',
    principal,
    topics.map((name) => ({ operations: operations(name), resource: 'topic', name })),
  )

/** Creates topics; those that exist already are left as they are. Waits until metadata shows them. */
export const createTopics = async (
  client: KafkaClient,
  topics: readonly NewTopic[],
  options: RetryOptions,
): Promise<void> => {
  if (topics.length === 0) return
  await retry(async () => {
    const response = await client.request(client.controller, 'control', api.CreateTopics, {
      topics: topics.map((topic) => ({
        name: topic.topic,
        numPartitions: topic.partitions,
        replicationFactor: topic.replicationFactor ?? -1,
        assignments: [],
        configs: Object.entries(topic.config).map(([name, value]) => ({ name, value })),
      })),
      timeoutMs: 30_000,
    })
    for (const { name, errorCode, errorMessage } of response.topics) {
      if (errorCode !== ErrorCode.NONE && errorCode !== ErrorCode.TOPIC_ALREADY_EXISTS) {
        const touched = { topic: name, operations: ['Create'] } as const
        throw client.errorOf(errorCode, `creating topic ${name}`, touched, errorMessage)
      }
    }
  }, options)
  await retry(async () => {
    const found = await describeTopics(
      client,
      topics.map(({ topic }) => topic),
      options,
    )
    for (const { topic } of topics) {
      const info = found.get(topic)
      if (info === undefined || info.partitions.some(({ leader }) => leader < 0)) {
        throw new KafkaProtocolError(ErrorCode.LEADER_NOT_AVAILABLE, `topic ${topic} after its creation`)
      }
    }
  }, options)
}

export const EARLIEST = -2n
export const LATEST = -1n

/** Offset of each partition at a time stamp, `EARLIEST` or `LATEST`, by `partitionKey`. Asks the partitions' leaders. */
export const listOffsets = (
  client: KafkaClient,
  partitions: readonly TopicPartition[],
  timestamp: bigint,
  options: RetryOptions,
): Promise<ReadonlyMap<string, number>> =>
  retry(async () => {
    const offsets = new Map<string, number>()
    for (const [node, group] of await byLeader(client, partitions)) {
      await listAt(client, node, group, timestamp, offsets)
    }
    return offsets
  }, options)

const listAt = async (
  client: KafkaClient,
  node: number,
  partitions: readonly TopicPartition[],
  timestamp: bigint,
  offsets: Map<string, number>,
): Promise<void> => {
  const response = await client.request(
    node,
    'control',
    api.ListOffsets,
    {
      replicaId: -1,
      isolationLevel: 1,
      topics: [...byTopic(partitions)].map(([name, group]) => ({
        name,
        partitions: group.map(({ partition }) => ({ partitionIndex: partition, timestamp })),
      })),
    },
    { minVersion: 2, maxVersion: 8 },
  )
  for (const topic of response.topics) {
    for (const { partitionIndex, errorCode, offset } of topic.partitions) {
      if (errorCode !== ErrorCode.NONE) {
        await client.refresh([topic.name])
        throw client.errorOf(errorCode, `offsets of ${topic.name}-${partitionIndex}`, { topic: topic.name })
      }
      offsets.set(partitionKey(topic.name, partitionIndex), Number(offset))
    }
  }
}
