/** What an executor has to know of topics that its tasks write to: their partitions and how large a record may be. */
import type { KafkaClient } from '../kafka/client.js'
import type { BufferPool } from '../kafka/record-batch/index.js'
import { maxMessageBytes } from '../kafka/topic-limits.js'
import type { OutputTopic } from '../task/outputs.js'

/** Kafka's default, for topics whose configuration we may not see. */
const DEFAULT_MAX_MESSAGE_BYTES = 1_048_588

interface OutputLimits {
  readonly batchBytes: number
  /** Upper limit of a record, below what the topics take; undefined: what they take. */
  readonly maxRecordBytes: number | undefined
}

export class OutputTopics {
  readonly #client: KafkaClient
  readonly #pool: BufferPool
  readonly #limits: OutputLimits
  /** `max.message.bytes`. */
  readonly #maxMessageBytes = new Map<string, number>()

  constructor(client: KafkaClient, pool: BufferPool, limits: OutputLimits) {
    this.#client = client
    this.#pool = pool
    this.#limits = limits
  }

  async learnLimits(topics: readonly string[]): Promise<void> {
    for (const [topic, limit] of await maxMessageBytes(this.#client, topics)) this.#maxMessageBytes.set(topic, limit)
  }

  /** undefined: it is not known. */
  describe(topic: string): OutputTopic | undefined {
    const partitions = this.#client.topic(topic)?.partitions.length
    if (partitions === undefined) return undefined
    const limit = this.#limitOf(topic)
    const { batchBytes } = this.#limits
    return {
      partitions,
      options: { batchLimit: Math.min(batchBytes, limit), maxRecordBytes: limit, pool: this.#pool },
    }
  }

  /** Largest record of a topic. */
  maxRecordBytes(topic: string): number {
    return this.describe(topic)?.options.maxRecordBytes ?? DEFAULT_MAX_MESSAGE_BYTES
  }

  #limitOf(topic: string): number {
    return Math.min(
      this.#maxMessageBytes.get(topic) ?? DEFAULT_MAX_MESSAGE_BYTES,
      this.#limits.maxRecordBytes ?? Infinity,
    )
  }
}
