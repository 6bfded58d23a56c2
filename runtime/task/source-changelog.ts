/**
 * The topic that a table is read from, as its changelog: generated code makes rows of the records again, under the policy
 * of the pipeline, up to where the group has committed. What lies behind is processed when the task runs, and must find
 * the rows of before.
 */
import type { OpenStore, StoreSet } from '../state/store-set.js'
import type { RestoredChangelog } from './restoration.js'
import type { TaskInput } from './task-input.js'
import type { TaskRunner } from './task-runner.js'

export class SourceChangelog implements RestoredChangelog {
  readonly store: OpenStore
  readonly input: TaskInput
  readonly #runner: TaskRunner
  readonly #stores: StoreSet

  /** `runner` has the one input, which is limited to what is committed, and the stores of the task. */
  constructor(store: OpenStore, input: TaskInput, runner: TaskRunner, stores: StoreSet) {
    this.store = store
    this.input = input
    this.#runner = runner
    this.#stores = stores
  }

  get records(): number {
    return this.#runner.metrics.processed
  }

  /** A log that was cut off ends before what is committed. */
  get end(): number {
    const { source, limit } = this.input
    return source.highWatermark < 0 ? limit : Math.min(limit, source.highWatermark)
  }

  step(deadline: number): boolean {
    const progress = this.#runner.run(deadline)
    // Nothing of it is ever undone.
    this.store.table.commit()
    this.#stores.restored(this.store, this.input.offset)
    return progress === 'more'
  }

  isDone(): boolean {
    return this.input.offset >= this.end
  }

  close(): void {
    this.#runner.close()
  }
}
