/** Tasks whose stores are not ready: their changelogs are read to the end, and then they run. */
import type { Fetcher } from '../kafka/fetcher.js'
import { formatTaskId, type TaskId } from '../kafka/task-id.js'
import type { StoreSet } from '../state/store-set.js'
import type { Restoration, RestoreStatus } from '../task/restoration.js'
import type { TaskStart } from './protocol.js'
import type { StateKeeper } from './state-keeper.js'

interface RestoringCallbacks {
  onReady(task: TaskStart, stores: StoreSet, status: readonly RestoreStatus[]): void
  /** None is left. */
  onNone(): void
}

export class RestoringTasks {
  readonly #keeper: StateKeeper
  readonly #fetcher: Fetcher
  readonly #callbacks: RestoringCallbacks
  readonly #tasks = new Map<string, { readonly task: TaskStart; readonly restoration: Restoration }>()

  constructor(keeper: StateKeeper, fetcher: Fetcher, callbacks: RestoringCallbacks) {
    this.#keeper = keeper
    this.#fetcher = fetcher
    this.#callbacks = callbacks
  }

  get isEmpty(): boolean {
    return this.#tasks.size === 0
  }

  get status(): readonly RestoreStatus[] {
    return [...this.#tasks.values()].flatMap(({ restoration }) => restoration.status)
  }

  add(task: TaskStart, restoration: Restoration): void {
    this.#tasks.set(formatTaskId(task.id), { task, restoration })
  }

  /** Lets each run for a slice at most; returns whether there is more to do at once. */
  run(sliceMs: number): boolean {
    let more = false
    for (const [key, { task, restoration }] of this.#tasks) {
      const progress = restoration.run(performance.now() + sliceMs)
      if (progress === 'more') more = true
      if (progress !== 'done') continue
      const { status } = restoration
      this.#remove(key, restoration)
      this.#callbacks.onReady(task, restoration.stores, status)
      if (this.isEmpty) this.#callbacks.onNone()
    }
    return more
  }

  /** Hands what there is of a task to the keeper. */
  leave(id: TaskId): void {
    const key = formatTaskId(id)
    const restoring = this.#tasks.get(key)
    if (restoring === undefined) return
    this.#remove(key, restoring.restoration)
    this.#keeper.keepPart(id, restoring.restoration)
    if (this.isEmpty) this.#callbacks.onNone()
  }

  leaveAll(): void {
    for (const { task } of [...this.#tasks.values()]) this.leave(task.id)
  }

  #remove(key: string, restoration: Restoration): void {
    for (const source of restoration.sources) this.#fetcher.unassign(source)
    restoration.close()
    this.#tasks.delete(key)
  }
}
