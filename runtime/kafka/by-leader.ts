/** Groups partitions by the broker that leads them, looking leaders up where they are unknown. */
import { ErrorCode, KafkaProtocolError } from './protocol/index.js'
import type { KafkaClient } from './client.js'
import { byTopic, partitionKey, type TopicPartition } from './topic-partition.js'
import type { NodeId } from './transport/transport.js'

/** Throws a retriable error when a partition has no leader at present. */
export const byLeader = async <T extends TopicPartition>(
  client: KafkaClient,
  partitions: readonly T[],
): Promise<ReadonlyMap<NodeId, readonly T[]>> => {
  if (partitions.some(({ topic, partition }) => client.leader(topic, partition) === undefined)) {
    await client.refresh([...byTopic(partitions).keys()])
  }
  const groups = new Map<NodeId, T[]>()
  for (const item of partitions) {
    const leader = client.leader(item.topic, item.partition)
    if (leader === undefined) {
      throw new KafkaProtocolError(ErrorCode.LEADER_NOT_AVAILABLE, partitionKey(item.topic, item.partition))
    }
    const group = groups.get(leader)
    if (group === undefined) groups.set(leader, [item])
    else group.push(item)
  }
  return groups
}
