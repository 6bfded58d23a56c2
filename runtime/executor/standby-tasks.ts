/**
 * Copies of the state of tasks that run elsewhere: their changelogs are read on and on. When such a task comes here, its
 * stores are there but for the last records; when the copy is not wanted any more, they go to a snapshot.
 */
import type { Fetcher } from '../kafka/fetcher.js'
import { formatTaskId, type TaskId } from '../kafka/task-id.js'
import { StoreSet } from '../state/store-set.js'
import type { Restoration } from '../task/restoration.js'
import type { HeldTask } from './protocol.js'
import type { StateKeeper } from './state-keeper.js'

export class StandbyTasks {
  readonly #keeper: StateKeeper
  readonly #fetcher: Fetcher
  readonly #copies = new Map<string, { readonly id: TaskId; readonly restoration: Restoration }>()

  constructor(keeper: StateKeeper, fetcher: Fetcher) {
    this.#keeper = keeper
    this.#fetcher = fetcher
  }

  /** Keeps copies of these tasks and no others. */
  async assign(ids: readonly TaskId[]): Promise<void> {
    const wanted = new Set(ids.map(formatTaskId))
    for (const [key, { id }] of [...this.#copies]) if (!wanted.has(key)) this.release(id)
    for (const id of ids) {
      const key = formatTaskId(id)
      if (this.#copies.has(key)) continue
      const restoration = await this.#keeper.prepare(id)
      if (!(restoration instanceof StoreSet)) this.#copies.set(key, { id, restoration })
    }
  }

  /** Hands what there is of a task to the keeper. */
  release(id: TaskId): void {
    const copy = this.#copies.get(formatTaskId(id))
    if (copy === undefined) return
    this.#copies.delete(formatTaskId(id))
    copy.restoration.stores.snapshots?.discard()
    for (const source of copy.restoration.sources) this.#fetcher.unassign(source)
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
