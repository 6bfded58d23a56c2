import { partitionBytes, partitionFor, type OutputRecord } from '../compiler/interpret/index.js'
import type { PartitionCount } from './engine.js'

/** Partition by key, as Kafka's producers choose it. Records without a key go to 0 here; a producer would spread them. */
export function keyPartition({ topic, key }: OutputRecord, partitions: PartitionCount): number {
  return key === null ? 0 : partitionFor(partitionBytes(key), partitions(topic))
}
