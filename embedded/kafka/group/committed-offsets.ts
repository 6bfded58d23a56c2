/**
 * Offsets that a group has committed, and those of transactions that are still open: they count when their transaction
 * commits, and until then a reader that requires stable offsets has to wait.
 */
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

  get isEmpty(): boolean {
    return this.#offsets.size === 0 && this.#pending.size === 0
  }

  commit(topic: string, partition: number, offset: CommittedOffset): void {
    this.#offsets.set(keyOf(topic, partition), offset)
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
    this.#offsets.delete(keyOf(topic, partition))
    for (const offsets of this.#pending.values()) offsets.delete(keyOf(topic, partition))
  }

  deleteTopic(topic: string): void {
    for (const key of [...this.#offsets.keys()]) if (partsOf(key).topic === topic) this.#offsets.delete(key)
  }

  commitInTransaction(producerId: bigint, topic: string, partition: number, offset: CommittedOffset): void {
    const offsets = this.#pending.get(producerId) ?? new Map<string, CommittedOffset>()
    offsets.set(keyOf(topic, partition), offset)
    this.#pending.set(producerId, offsets)
  }

  endTransaction(producerId: bigint, committed: boolean): void {
    const offsets = this.#pending.get(producerId)
    this.#pending.delete(producerId)
    if (committed && offsets !== undefined) for (const [key, offset] of offsets) this.#offsets.set(key, offset)
  }

  /** Whether an open transaction will decide over this partition's offset. */
  isPending(topic: string, partition: number): boolean {
    const key = keyOf(topic, partition)
    return [...this.#pending.values()].some((offsets) => offsets.has(key))
  }
}
