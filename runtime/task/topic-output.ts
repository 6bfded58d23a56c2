/** The open batches of one output topic of a task, and where records without a partition go. */
import { BatchWriter, partitionForKey, type BatchWriterOptions } from '../kafka/record-batch/index.js'
import type { TopicOutput } from '../abi/index.js'

export class PartitionedOutput implements TopicOutput {
  readonly topic: string
  readonly partitions: number
  readonly writers: readonly BatchWriter[]
  #sticky: number

  constructor(topic: string, partitions: number, options: BatchWriterOptions) {
    this.topic = topic
    this.partitions = partitions
    this.writers = Array.from({ length: partitions }, () => new BatchWriter(options))
    this.#sticky = Math.floor(Math.random() * partitions)
  }

  partitionOf(key: Uint8Array, start: number, end: number): number {
    return partitionForKey(key, start, end, this.partitions)
  }

  stickyPartition(): number {
    return this.#sticky
  }

  /** Calls `send` for each writer that holds something. The next batch without keys goes to another partition. */
  seal(send: (topic: string, partition: number, writer: BatchWriter) => void): void {
    for (let partition = 0; partition < this.writers.length; partition++) {
      const writer = this.writers[partition]
      if (writer === undefined || writer.records === 0) continue
      if (partition === this.#sticky) this.#sticky = (this.#sticky + 1) % this.partitions
      send(this.topic, partition, writer)
    }
  }

  get bytes(): number {
    let sum = 0
    for (const writer of this.writers) sum += writer.bytes
    return sum
  }
}
