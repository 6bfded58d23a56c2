/**
 * Where to read on when the log is not what it was: the offset is gone (retention, DeleteRecords), or a new leader lacks
 * records that the old one gave us (an unclean election; KIP-320). The reset policy `none` makes both an error.
 */
import { EARLIEST, LATEST, listOffsets } from './admin.js'
import type { KafkaClient } from './client.js'
import type { FetchedPartition, ResetPolicy } from './fetched-partition.js'
import { ErrorCode, KafkaProtocolError, api } from './protocol/index.js'
import { isRetriable, retry, type RetryOptions } from './retry.js'
import { partitionKey, type TopicPartition } from './topic-partition.js'

/** The committed offset or the log's content is gone, and the policy does not say what to do. */
class OffsetGoneError extends Error {
  override readonly name = 'OffsetGoneError'

  constructor(what: string, options?: ErrorOptions) {
    super(`${what} and the reset policy is "none": set it to "earliest" or "latest", or commit another offset`, options)
  }
}

/** As the policy says; waits as long as brokers do not answer. */
const resetOffset = async (
  client: KafkaClient,
  partition: TopicPartition,
  policy: ResetPolicy,
  reason: string,
  options: RetryOptions,
): Promise<number> => {
  if (policy === 'none') throw new OffsetGoneError(reason)
  const offsets = await listOffsets(client, [partition], policy === 'earliest' ? EARLIEST : LATEST, options)
  const key = partitionKey(partition.topic, partition.partition)
  const offset = offsets.get(key)
  if (offset === undefined) throw new Error(`the broker did not tell the ${policy} offset of ${key}`)
  return offset
}

/**
 * Asks the present leader whether it has what we have read. Returns the end of what we have in common with it when that
 * is not all, -1 when there is nothing, undefined when all is well. Throws `KafkaProtocolError`.
 */
const findDivergence = async (
  client: KafkaClient,
  { topic, partition, fetchOffset, lastEpoch }: FetchedPartition,
): Promise<number | undefined> => {
  const leader = client.leader(topic, partition)
  const what = `the leader epoch of ${partitionKey(topic, partition)}`
  if (leader === undefined) throw new KafkaProtocolError(ErrorCode.LEADER_NOT_AVAILABLE, what)
  const currentLeaderEpoch = client.topic(topic)?.partitions[partition]?.leaderEpoch ?? -1
  const response = await client.request(
    leader,
    'control',
    api.OffsetForLeaderEpoch,
    { replicaId: -1, topics: [{ topic, partitions: [{ partition, currentLeaderEpoch, leaderEpoch: lastEpoch }] }] },
    { minVersion: 3 },
  )
  const answer = response.topics[0]?.partitions[0]
  if (answer === undefined) throw new Error(`the broker did not tell ${what}`)
  if (answer.errorCode !== ErrorCode.NONE) throw client.errorOf(answer.errorCode, what, { topic })
  const endOffset = Number(answer.endOffset)
  return endOffset < fetchOffset || answer.leaderEpoch < 0 ? endOffset : undefined
}

export interface ReadPositionCallbacks {
  onRetry(error: Error): void
  onTruncated(message: string, partition: FetchedPartition): void
  onError(error: Error, partition: FetchedPartition): void
  /** The partition may be fetched again. */
  onFound(): void
}

export class ReadPositions {
  readonly #client: KafkaClient
  readonly #closing: AbortSignal
  readonly #callbacks: ReadPositionCallbacks

  constructor(client: KafkaClient, closing: AbortSignal, callbacks: ReadPositionCallbacks) {
    this.#client = client
    this.#closing = closing
    this.#callbacks = callbacks
  }

  /** The offset is out of range. */
  reset(partition: FetchedPartition, reason: string): Promise<void> {
    return this.#seek(partition, async (options) => {
      const { key, fetchOffset, reset } = partition
      const gone = `offset ${fetchOffset} of ${key} does not exist any more`
      const offset = await resetOffset(this.#client, partition, reset, gone, options)
      this.#callbacks.onRetry(new Error(`${reason}; reading on at the ${reset} offset ${offset}`))
      partition.seek(offset)
    })
  }

  /** Whether there is a leader that has not been asked what it has. */
  mustCheck(partition: FetchedPartition): boolean {
    const epoch = this.#leaderEpoch(partition)
    if (partition.lastEpoch < 0 || partition.checkedEpoch < 0) partition.checkedEpoch = epoch
    return epoch > partition.checkedEpoch
  }

  /** As the Java client does, reading goes on where the logs part; the policy counts when that is not known. */
  check(partition: FetchedPartition): Promise<void> {
    return this.#seek(partition, async (options) => {
      const { key, fetchOffset, reset } = partition
      const [epoch, divergence] = await retry(() => this.#ask(partition), options)
      partition.checkedEpoch = epoch
      if (divergence === undefined) return
      const lost = `${key} was truncated: its new leader lacks records below offset ${fetchOffset}, which were read,`
      const offset =
        divergence < 0 || reset === 'none'
          ? await resetOffset(this.#client, partition, reset, lost, options)
          : divergence
      this.#callbacks.onTruncated(`${lost} reading on at offset ${offset}`, partition)
      partition.seek(offset)
    })
  }

  async #ask(partition: FetchedPartition): Promise<readonly [number, number | undefined]> {
    try {
      return [this.#leaderEpoch(partition), await findDivergence(this.#client, partition)]
    } catch (error) {
      if (isRetriable(error)) await this.#client.refresh([partition.topic])
      throw error
    }
  }

  #leaderEpoch({ topic, partition }: FetchedPartition): number {
    return this.#client.topic(topic)?.partitions[partition]?.leaderEpoch ?? -1
  }

  /** Once at a time; nothing is fetched meanwhile. */
  async #seek(partition: FetchedPartition, lookUp: (options: RetryOptions) => Promise<void>): Promise<void> {
    if (partition.isSeeking) return
    partition.isSeeking = true
    const onRetry = (error: Error): void => {
      this.#callbacks.onRetry(error)
    }
    try {
      await lookUp({ timeoutMs: Infinity, signal: this.#closing, onRetry })
    } catch (cause) {
      if (this.#closing.aborted) return
      this.#callbacks.onError(cause instanceof Error ? cause : new Error(String(cause)), partition)
    } finally {
      partition.isSeeking = false
    }
    this.#callbacks.onFound()
  }
}
