/** Deletes the records of partitions below an offset: repartition topics are purged so, once their records are done. */
import { ErrorCode, api } from './protocol/index.js'
import { byLeader } from './by-leader.js'
import type { KafkaClient } from './client.js'
import type { PartitionOffset } from './offsets.js'
import { byTopic } from './topic-partition.js'

/** One try: what fails is done by the next purge. Throws the first partition's error. */
export const deleteRecords = async (client: KafkaClient, below: readonly PartitionOffset[]): Promise<void> => {
  for (const [node, group] of await byLeader(client, below)) {
    const response = await client.request(
      node,
      'control',
      api.DeleteRecords,
      {
        timeoutMs: client.requestTimeoutMs,
        topics: [...byTopic(group)].map(([name, offsets]) => ({
          name,
          partitions: offsets.map(({ partition, offset }) => ({ partitionIndex: partition, offset: BigInt(offset) })),
        })),
      },
      { minVersion: 1 },
    )
    for (const { name, partitions } of response.topics) {
      for (const { partitionIndex, errorCode } of partitions) {
        const touched = { topic: name, operations: ['Delete'] } as const
        if (errorCode !== ErrorCode.NONE) throw client.errorOf(errorCode, `purging ${name}-${partitionIndex}`, touched)
      }
    }
  }
}
