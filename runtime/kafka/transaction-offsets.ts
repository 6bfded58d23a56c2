/** Offsets that count when a transaction commits, from a member of the group's current generation (KIP-447). */
import { ErrorCode, api } from './protocol/index.js'
import type { KafkaClient } from './client.js'
import type { GroupIdentity, PartitionOffset } from './offsets.js'
import { atCoordinator, type RetryOptions } from './retry.js'
import { byTopic } from './topic-partition.js'
import type { TransactionIdentity } from './transactions.js'

/** Throws `KafkaProtocolError` with the first partition's error (22, 25, 82: the generation is over; 47, 90: fenced). */
export const commitOffsetsInTransaction = async (
  client: KafkaClient,
  group: GroupIdentity,
  transaction: TransactionIdentity,
  offsets: readonly PartitionOffset[],
  options: RetryOptions,
): Promise<void> => {
  const { transactionalId, producerId, producerEpoch, version } = transaction
  const topics = [...byTopic(offsets)].map(([name, partitions]) => ({
    name,
    partitions: partitions.map(({ partition, offset, leaderEpoch }) => ({
      partitionIndex: partition,
      committedOffset: BigInt(offset),
      committedLeaderEpoch: leaderEpoch ?? -1,
      committedMetadata: '',
    })),
  }))
  await atCoordinator(client, 'group', group.groupId, options, async (node) => {
    const response = await client.request(
      node,
      'control',
      api.TxnOffsetCommit,
      { transactionalId, producerId, producerEpoch, ...group, topics },
      version === 2 ? { minVersion: 5 } : { minVersion: 3, maxVersion: 4 },
    )
    for (const topic of response.topics) {
      for (const { partitionIndex, errorCode } of topic.partitions) {
        if (errorCode !== ErrorCode.NONE) {
          const what = `commit of ${topic.name}-${partitionIndex} in a transaction`
          throw client.errorOf(errorCode, what, { group: group.groupId, transactionalId, topic: topic.name })
        }
      }
    }
  })
}
