/**
 * Offsets that a group has committed, and those of transactions that are still open: they count when their transaction
 * commits, and until then a reader that requires stable offsets has to wait.
 */
import type { Storage, StoredOffset } from '../storage/storage.js'

export interface CommittedOffset {
  readonly offset: bigint
  readonly leaderEpoch: number
  readonly metadata: string
}

const keyOf = (topic: string, partition: number): string => `${partition}:${topic}`

const partsOf = (key: string): { readonly topic: string; readonly partition: number } => {
  const colon = key.indexOf(':')
  return { topic: key.slice(colon + 1), partition: Number(key.slice(0, colon)) }
}

export class CommittedOffsets {
  readonly #offsets = new Map<string, CommittedOffset>()
  /** By producer id. */
  readonly #pending = new Map<bigint, Map<string, CommittedOffset>>()
  readonly #group: string
  readonly #storage: Storage

  constructor(group: string, storage: Storage) {
    this.#group = group
    this.#storage = storage
  }

  get isEmpty(): boolean {
    return this.#offsets.size === 0 && this.#pending.size === 0
  }

  commit(topic: string, partition: number, offset: CommittedOffset): void {
    this.#storage.saveOffset({ group: this.#group, topic, partition, producerId: null, offset })
    this.#offsets.set(keyOf(topic, partition), offset)
  }

  /** Takes over what was stored before. */
  restore({ topic, partition, producerId, offset }: StoredOffset): void {
    if (producerId === null) this.#offsets.set(keyOf(topic, partition), offset)
    else this.#pendingOf(producerId).set(keyOf(topic, partition), offset)
  }

  get(topic: string, partition: number): CommittedOffset | undefined {
    return this.#offsets.get(keyOf(topic, partition))
  }

  /** Partitions with a committed offset, by topic. */
  topics(): Map<string, number[]> {
    const topics = new Map<string, number[]>()
    for (const key of this.#offsets.keys()) {
      const { topic, partition } = partsOf(key)
      topics.set(topic, [...(topics.get(topic) ?? []), partition])
    }
    return topics
  }

  delete(topic: string, partition: number): void {
    this.#storage.removeOffset(this.#group, topic, partition)
    this.#offsets.delete(keyOf(topic, partition))
    for (const offsets of this.#pending.values()) offsets.delete(keyOf(topic, partition))
  }

  deleteTopic(name: string): void {
    for (const partition of this.topics().get(name) ?? []) this.delete(name, partition)
  }

  deleteAll(): void {
    for (const topic of this.topics().keys()) this.deleteTopic(topic)
  }

  commitInTransaction(producerId: bigint, topic: string, partition: number, offset: CommittedOffset): void {
    this.#storage.saveOffset({ group: this.#group, topic, partition, producerId, offset })
    this.#pendingOf(producerId).set(keyOf(topic, partition), offset)
  }

  endTransaction(producerId: bigint, committed: boolean): void {
    this.#storage.endTransaction(this.#group, producerId, committed)
    const offsets = this.#pending.get(producerId)
    this.#pending.delete(producerId)
    if (committed && offsets !== undefined) for (const [key, offset] of offsets) this.#offsets.set(key, offset)
  }

  #pendingOf(producerId: bigint): Map<string, CommittedOffset> {
    const offsets = this.#pending.get(producerId) ?? new Map<string, CommittedOffset>()
    this.#pending.set(producerId, offsets)
    return offsets
  }

  /** Whether an open transaction will decide over this partition's offset. */
  isPending(topic: string, partition: number): boolean {
    const key = keyOf(topic, partition)
    return [...this.#pending.values()].some((offsets) => offsets.has(key))
  }
}
