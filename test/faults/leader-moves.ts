/**
 * Moves leaders of a real cluster, and with them coordinators: who leads the partition of `__consumer_offsets` or
 * `__transaction_state` that a name falls into coordinates it. Replicas stay where they are; the one that is named first is
 * preferred, and the controller makes preferred replicas leaders every second with `MOVING_SOON`.
 */
import type { Kafka } from 'kafkajs'
import type { Random } from './random.js'
import { GROUP, PARTITIONS, TOPICS } from './workload.js'

export const MOVING_SOON = {
  'auto.leader.rebalance.enable': 'true',
  'leader.imbalance.check.interval.seconds': '1',
  'leader.imbalance.per.broker.percentage': '0',
}

/** Says what moves where; it does when all replicas are in sync. */
export const moveSomeLeader = async (kafka: Kafka, nodes: number, random: Random): Promise<string> => {
  const admin = kafka.admin({ retry: { retries: 2 } })
  await admin.connect()
  try {
    const what = random.pick(['topic', 'topic', 'group', 'transactions'] as const)
    const topic = {
      topic: random.pick([TOPICS.input, TOPICS.output, TOPICS.counts]),
      group: '__consumer_offsets',
      transactions: '__transaction_state',
    }[what]
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    const count = topics[0]?.partitions.length ?? PARTITIONS
    // Ids of producers are drawn anew in each life: any partition will do, and the group's is that of its hash.
    const partition = what === 'group' ? hashOf(GROUP) % count : random.between(0, count)
    const target = random.between(1, nodes + 1)
    const others = Array.from({ length: nodes }, (_, index) => index + 1).filter((node) => node !== target)
    await admin.alterPartitionReassignments({
      topics: [{ topic, partitionAssignment: [{ partition, replicas: [target, ...others] }] }],
    })
    const who = {
      topic: `the leader of ${topic}-${partition}`,
      group: 'the coordinator of the group',
      transactions: `the coordinator of transactions ${partition}`,
    }[what]
    return `${who} moves to ${target}`
  } catch (error) {
    // A node that has just come back may know nothing yet.
    return `a leader was to move: ${String(error)}`
  } finally {
    await admin.disconnect()
  }
}

/** Java's `String.hashCode`, not negative. */
const hashOf = (text: string): number => {
  let hash = 0
  for (const character of text) hash = (31 * hash + (character.codePointAt(0) ?? 0)) | 0
  return hash & 0x7fffffff
}
