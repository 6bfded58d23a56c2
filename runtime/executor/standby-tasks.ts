/**
 * Copies of the state of tasks that run elsewhere: their changelogs are read on and on. When such a task comes here, its
 * stores are there but for the last records; when the copy is not wanted any more, they go to a snapshot.
 */
import type { Manifest } from '../abi/index.js'
import type { Fetcher } from '../kafka/fetcher.js'
import type { CommittedOffset } from '../kafka/offsets.js'
import { formatTaskId, type TaskId } from '../kafka/task-id.js'
import { partitionKey, type TopicPartition } from '../kafka/topic-partition.js'
import { StoreSet } from '../state/store-set.js'
import type { Restoration } from '../task/restoration.js'
import type { HeldTask } from './protocol.js'
import type { StateKeeper } from './state-keeper.js'
import { changelogsOf } from './topology.js'

type FetchCommitted = (partitions: readonly TopicPartition[]) => Promise<ReadonlyMap<string, CommittedOffset>>

export class StandbyTasks {
  readonly #manifest: Manifest
  readonly #keeper: StateKeeper
  readonly #fetcher: Fetcher
  readonly #fetchCommitted: FetchCommitted
  readonly #copies = new Map<string, { readonly id: TaskId; readonly restoration: Restoration }>()

  /** `fetchCommitted`: what the group has committed of partitions, by `partitionKey`. */
  constructor(manifest: Manifest, keeper: StateKeeper, fetcher: Fetcher, fetchCommitted: FetchCommitted) {
    this.#manifest = manifest
    this.#keeper = keeper
    this.#fetcher = fetcher
    this.#fetchCommitted = fetchCommitted
  }

  /** Keeps copies of these tasks and no others. */
  async assign(ids: readonly TaskId[]): Promise<void> {
    const wanted = new Set(ids.map(formatTaskId))
    for (const [key, { id }] of [...this.#copies]) if (!wanted.has(key)) this.release(id)
    const begun = ids.filter((id) => !this.#copies.has(formatTaskId(id)))
    const committed = await this.#committed(begun)
    for (const id of begun) {
      const key = formatTaskId(id)
      const restoration = await this.#keeper.prepare(
        id,
        (topic) => committed.get(partitionKey(topic, id.partition))?.offset,
      )
      if (!(restoration instanceof StoreSet)) this.#copies.set(key, { id, restoration })
    }
  }

  /** Copies of tables that are restored from the topics that they are read from go as far as the group has committed. */
  async followCommits(): Promise<void> {
    if (this.#copies.size === 0) return
    const committed = await this.#committed([...this.#copies.values()].map(({ id }) => id))
    for (const { id, restoration } of this.#copies.values()) {
      restoration.limitTo((topic) => committed.get(partitionKey(topic, id.partition))?.offset)
    }
  }

  async #committed(ids: readonly TaskId[]): Promise<ReadonlyMap<string, CommittedOffset>> {
    const sources = ids.flatMap((id) => changelogsOf(this.#manifest, id).filter(({ isSource }) => isSource))
    return sources.length === 0 ? new Map() : this.#fetchCommitted(sources)
  }

  /** Hands what there is of a task to the keeper. */
  release(id: TaskId): void {
    const copy = this.#copies.get(formatTaskId(id))
    if (copy === undefined) return
    this.#copies.delete(formatTaskId(id))
    copy.restoration.stores.snapshots?.discard()
    for (const source of copy.restoration.sources) this.#fetcher.unassign(source)
    copy.restoration.close()
    this.#keeper.keepPart(id, copy.restoration)
  }

  releaseAll(): void {
    for (const { id } of [...this.#copies.values()]) this.release(id)
  }

  /** Applies what has come until `deadline` (`performance.now()`); returns whether there is more to do at once. */
  run(deadline: number): boolean {
    let more = false
    for (const { restoration } of this.#copies.values()) {
      if (performance.now() >= deadline) return true
      if (restoration.follow(deadline)) more = true
    }
    return more
  }

  /** Begins snapshots that are due, and writes a part of those that are begun. */
  writeSnapshots(): void {
    for (const { restoration } of this.#copies.values()) {
      const { snapshots, disk } = restoration.stores
      disk?.write()
      if (snapshots === undefined) continue
      if (snapshots.isDue) snapshots.begin(restoration.positions)
      // Only what is committed is followed: each moment is as good as a commit.
      snapshots.atCommit()
      snapshots.afterCommit()
    }
  }

  get held(): readonly HeldTask[] {
    return [...this.#copies].map(([task, { restoration }]) => ({
      task,
      position: [...restoration.positions.values()].reduce((sum, offset) => sum + offset, 0),
      behind: behindOf(restoration),
    }))
  }
}

const behindOf = ({ sources, positions }: Restoration): number => {
  if (sources.some(({ lastStableOffset }) => lastStableOffset < 0)) return -1
  return sources.reduce(
    (sum, { topic, lastStableOffset }) => sum + Math.max(0, lastStableOffset - (positions.get(topic) ?? 0)),
    0,
  )
}
