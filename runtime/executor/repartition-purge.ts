/** Deletes records of repartition topics that are done, from time to time: nobody else reads them, and nothing else would. */
import type { KafkaClient } from '../kafka/client.js'
import { deleteRecords } from '../kafka/delete-records.js'
import { fetchCommittedOffsets, type PartitionOffset } from '../kafka/offsets.js'
import { partitionKey } from '../kafka/topic-partition.js'

export interface RepartitionPurgeOptions {
  readonly groupId: string
  readonly intervalMs: number
  /** Offsets are committed in transactions, which may abort after all. */
  readonly exactlyOnce: boolean
}

export class RepartitionPurge {
  readonly #client: KafkaClient
  readonly #options: RepartitionPurgeOptions
  readonly #onError: (error: Error) => void
  readonly #closing = new AbortController()
  /** Committed offsets since the last time. */
  readonly #done = new Map<string, PartitionOffset>()
  #timer: NodeJS.Timeout | undefined

  constructor(client: KafkaClient, options: RepartitionPurgeOptions, onError: (error: Error) => void) {
    this.#client = client
    this.#options = options
    this.#onError = onError
  }

  start(): void {
    this.#timer = setInterval(() => {
      void this.#purge()
    }, this.#options.intervalMs)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#closing.abort()
  }

  /** An offset of a repartition topic is committed. */
  add(offset: PartitionOffset): void {
    this.#done.set(partitionKey(offset.topic, offset.partition), offset)
  }

  /** Only below what is committed, so that nothing that a restart reads again is gone. */
  async #purge(): Promise<void> {
    const offsets = [...this.#done.values()]
    this.#done.clear()
    try {
      await deleteRecords(this.#client, this.#options.exactlyOnce ? await this.#stable(offsets) : offsets)
    } catch (error) {
      this.#onError(error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** As committed, since a transaction that was to commit these may have been aborted. */
  async #stable(offsets: readonly PartitionOffset[]): Promise<readonly PartitionOffset[]> {
    const options = { timeoutMs: this.#options.intervalMs, signal: this.#closing.signal }
    const committed = await fetchCommittedOffsets(this.#client, this.#options.groupId, offsets, options)
    return offsets.flatMap(({ topic, partition }) => {
      const found = committed.get(partitionKey(topic, partition))
      return found === undefined ? [] : [{ topic, partition, ...found }]
    })
  }
}
