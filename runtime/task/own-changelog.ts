/** A changelog topic that the application writes: rows as they stand in stores, which are put there as they are. */
import { applyChanges } from '../state/changelog.js'
import type { OpenStore, StoreSet } from '../state/store-set.js'
import { RestoreError, type RestoredChangelog } from './restoration.js'
import type { TaskInput } from './task-input.js'

export class OwnChangelog implements RestoredChangelog {
  end = -1
  records = 0
  readonly store: OpenStore
  readonly input: TaskInput
  readonly #start: number
  readonly #stores: StoreSet

  constructor(store: OpenStore, input: TaskInput, stores: StoreSet) {
    this.store = store
    this.input = input
    this.#start = input.offset
    this.#stores = stores
  }

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

  close(): void {
    // Nothing is held.
  }
}
