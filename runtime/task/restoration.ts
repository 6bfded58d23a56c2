/**
 * Reads the changelogs of a task's stores before it runs, in slices like a task. It ends by position: at the high
 * watermark of the first answer, so that a transaction that is still open or whose markers are still on their way is
 * waited for.
 */
import type { FetchedPartition } from '../kafka/fetched-partition.js'
import { applyChanges } from '../state/changelog.js'
import type { OpenStore, StoreSet } from '../state/store-set.js'
import { TaskInput, type TaskInputOptions } from './task-input.js'

export interface ChangelogSource {
  readonly store: OpenStore
  readonly source: FetchedPartition
  /** Where reading begins: what lies before is in the store. */
  readonly offset: number
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

class Changelog {
  end = -1
  records = 0
  readonly store: OpenStore
  readonly input: TaskInput
  readonly #start: number
  readonly #stores: StoreSet

  constructor({ store, source, offset }: ChangelogSource, stores: StoreSet, options: TaskInputOptions) {
    this.store = store
    this.#stores = stores
    this.#start = offset
    this.input = new TaskInput(source, offset, options)
  }

  /** One batch; false when nothing is buffered. */
  step(): boolean {
    const { input } = this
    try {
      if (!input.advance() || input.section === undefined) return false
      this.records += applyChanges(this.store.table, input.section, this.#start, this.store.forms)
      input.finishSection()
      this.#stores.restored(this.store, input.offset)
      return true
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new RestoreError(`store ${this.store.description.name} from ${input.source.key}: ${reason}`, { cause })
    }
  }

  isDone(): boolean {
    const { source, offset } = this.input
    if (this.end < 0) this.end = source.highWatermark
    return this.end >= 0 && offset >= this.end
  }
}

export class Restoration {
  readonly stores: StoreSet
  readonly #changelogs: readonly Changelog[]

  constructor(stores: StoreSet, sources: readonly ChangelogSource[], options: TaskInputOptions) {
    this.stores = stores
    this.#changelogs = sources.map((source) => new Changelog(source, stores, options))
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
      while (changelog.step()) if (performance.now() >= deadline) return true
    }
    return false
  }

  /** Applies what is buffered until `deadline` (`performance.now()`). Throws RestoreError. */
  run(deadline: number): 'more' | 'waiting' | 'done' {
    let progress: 'waiting' | 'done' = 'done'
    for (const changelog of this.#changelogs) {
      while (!changelog.isDone() && changelog.step()) if (performance.now() >= deadline) return 'more'
      if (!changelog.isDone()) progress = 'waiting'
    }
    if (progress === 'done') this.stores.disk?.write()
    return progress
  }
}
