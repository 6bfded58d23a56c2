/**
 * All open batches of one task. Topics are opened on first use; their partition counts come from metadata that is known
 * by then, or, for topics chosen per record, is looked up when a record names one.
 */
import type { ManifestTopic, TaskOutputs } from '../abi/index.js'
import type { BatchWriter, BatchWriterOptions } from '../kafka/record-batch/index.js'
import { PartitionedOutput } from './topic-output.js'

export interface OutputTopic {
  readonly partitions: number
  readonly options: BatchWriterOptions
}

/** What is known of a topic, or undefined while there is no metadata. */
export type DescribeTopic = (topic: string) => OutputTopic | undefined

export class OpenOutputs implements TaskOutputs {
  full = false
  readonly #sinks: readonly ManifestTopic[]
  readonly #describe: DescribeTopic
  readonly #topics = new Map<string, PartitionedOutput>()

  constructor(sinks: readonly ManifestTopic[], describe: DescribeTopic) {
    this.#sinks = sinks
    this.#describe = describe
  }

  sink(sink: number): PartitionedOutput {
    const topic = this.#sinks[sink]?.topic
    if (topic === undefined || topic === '') throw new RangeError(`sink ${sink} has no fixed topic`)
    const output = this.topic(topic)
    if (output === undefined) throw new Error(`no metadata of topic ${topic}`)
    return output
  }

  topic(name: string): PartitionedOutput | undefined {
    const known = this.#topics.get(name)
    if (known !== undefined) return known
    const description = this.#describe(name)
    if (description === undefined) return undefined
    const output = new PartitionedOutput(name, description.partitions, description.options)
    this.#topics.set(name, output)
    return output
  }

  rollback(serial: number): void {
    for (const { writers } of this.#topics.values()) for (const writer of writers) writer.rollback(serial)
  }

  get bytes(): number {
    let sum = 0
    for (const output of this.#topics.values()) sum += output.bytes
    return sum
  }

  /** Sends everything written, record by record complete: call it between records. */
  seal(send: (topic: string, partition: number, writer: BatchWriter) => void): void {
    this.full = false
    for (const output of this.#topics.values()) output.seal(send)
  }
}
