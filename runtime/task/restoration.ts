/**
 * Reads the changelogs of a task's stores before it runs, in slices like a task. It ends by position: at the high
 * watermark of the first answer, so that a transaction that is still open or whose markers are still on their way is
 * waited for; where the topic of a table serves as its changelog, at the offset that the group has committed.
 */
import type { FetchedPartition } from '../kafka/fetched-partition.js'
import type { OpenStore, StoreSet } from '../state/store-set.js'
import type { TaskInput } from './task-input.js'

/** A topic that the rows of one store are made of. */
export interface RestoredChangelog {
  readonly store: OpenStore
  readonly input: TaskInput
  /** Offset where it ends; -1: not known yet. */
  readonly end: number
  readonly records: number
  /** One batch, or until `deadline`; false when nothing is left that could be done now. Throws RestoreError. */
  step(deadline: number): boolean
  isDone(): boolean
  close(): void
}

/** State of a store that is being restored. */
export interface RestoreStatus {
  readonly store: string
  readonly topic: string
  readonly partition: number
  /** Next offset to read, and where it ends; -1: not known yet. */
  readonly position: number
  readonly end: number
  readonly records: number
}

/** A changelog cannot be read: the store would be wrong. */
export class RestoreError extends Error {
  override name = 'RestoreError'
}

export class Restoration {
  readonly stores: StoreSet
  readonly #changelogs: readonly RestoredChangelog[]

  constructor(stores: StoreSet, changelogs: readonly RestoredChangelog[]) {
    this.stores = stores
    this.#changelogs = changelogs
  }

  get sources(): readonly FetchedPartition[] {
    return this.#changelogs.map(({ input }) => input.source)
  }

  /** Up to where the stores hold their changelogs, by topic. */
  get positions(): ReadonlyMap<string, number> {
    return new Map(this.#changelogs.map(({ input }) => [input.source.topic, input.offset]))
  }

  get status(): readonly RestoreStatus[] {
    return this.#changelogs.map(({ store, input: { source, offset }, end, records }) => {
      const { topic, partition } = source
      return { store: store.description.name, topic, partition, position: offset, end, records }
    })
  }

  /**
   * Applies what is buffered until `deadline` (`performance.now()`), with no end in sight; returns whether there is more.
   * Throws RestoreError.
   */
  follow(deadline: number): boolean {
    for (const changelog of this.#changelogs) {
      while (changelog.step(deadline)) if (performance.now() >= deadline) return true
    }
    return false
  }

  /** Applies what is buffered until `deadline` (`performance.now()`). Throws RestoreError. */
  run(deadline: number): 'more' | 'waiting' | 'done' {
    let progress: 'waiting' | 'done' = 'done'
    for (const changelog of this.#changelogs) {
      while (!changelog.isDone() && changelog.step(deadline)) if (performance.now() >= deadline) return 'more'
      if (!changelog.isDone()) progress = 'waiting'
    }
    if (progress === 'done') this.stores.disk?.write()
    return progress
  }

  /** Topics that the group's commits limit, which may have gone on: those that the tables are read from. */
  limitTo(committed: (topic: string) => number | undefined): void {
    for (const { store, input } of this.#changelogs) {
      if (store.description.changelog?.restoredBy === undefined) continue
      const offset = committed(input.source.topic)
      if (offset !== undefined && offset > input.limit) input.limitTo(offset)
    }
  }

  close(): void {
    for (const changelog of this.#changelogs) changelog.close()
  }
}
