/** Output topics of a task in memory: real batch writers, read back after each record. */
import {
  BatchCursor,
  BatchWriter,
  partitionForKey,
  recordsOf,
  type KafkaRecord,
} from '../runtime/kafka/record-batch/index.js'
import type { Manifest, TaskOutputs, TopicOutput } from '../runtime/abi/index.js'
import type { PartitionCount } from './engine.js'

export interface WrittenRecord extends KafkaRecord {
  readonly topic: string
  readonly partition: number
}

class MemoryTopic implements TopicOutput {
  readonly topic: string
  readonly partitions: number
  readonly writers: readonly BatchWriter[]

  constructor(topic: string, partitions: number) {
    this.topic = topic
    this.partitions = partitions
    this.writers = Array.from({ length: partitions }, () => new BatchWriter())
  }

  partitionOf(key: Uint8Array, start: number, end: number): number {
    return partitionForKey(key, start, end, this.partitions)
  }

  stickyPartition(): number {
    return 0
  }
}

export class MemoryOutputs implements TaskOutputs {
  full = false
  readonly #topics = new Map<string, MemoryTopic>()
  readonly #manifest: Manifest
  readonly #partitions: PartitionCount

  constructor(manifest: Manifest, partitions: PartitionCount) {
    this.#manifest = manifest
    this.#partitions = partitions
  }

  sink(sink: number): TopicOutput {
    const topic = this.#manifest.sinks[sink]?.topic
    if (topic === undefined || topic === '') throw new RangeError(`sink ${sink} has no topic of its own`)
    return this.topic(topic)
  }

  topic(name: string): TopicOutput {
    let topic = this.#topics.get(name)
    if (topic === undefined) {
      topic = new MemoryTopic(name, this.#partitions(name))
      this.#topics.set(name, topic)
    }
    return topic
  }

  rollback(serial: number): void {
    for (const { writers } of this.#topics.values()) for (const writer of writers) writer.rollback(serial)
  }

  /** Takes everything written since the last call; in order within each partition. */
  take(): WrittenRecord[] {
    return [...this.#topics.values()].flatMap(({ topic, writers }) =>
      writers.flatMap((writer, partition) => takeFrom(writer).map((record) => ({ ...record, topic, partition }))),
    )
  }
}

function takeFrom(writer: BatchWriter): KafkaRecord[] {
  if (writer.records === 0) return []
  const sealed = writer.seal({
    producerId: -1n,
    producerEpoch: -1,
    baseSequence: -1,
    isTransactional: false,
    compression: 'none',
  })
  return sealed.flatMap(({ buffer }) => [...new BatchCursor(buffer)].flatMap((batch) => [...recordsOf(batch)]))
}
