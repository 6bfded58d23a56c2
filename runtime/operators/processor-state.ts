/** What the functions of a processor get beside the record: its stores, its timers, the time. */
import type { TaskStores } from '../abi/index.js'
import { keyValueStore, listStore, mapStore, valueStore, type StoreScope } from './author-stores.js'
import { SeekKey } from './seek-key.js'
import type { StateCodec } from './state-codec.js'
import type { Timers } from './timers.js'

export interface ProcessorStore {
  /** As the author calls it… */
  readonly name: string
  /** …and as the task does. */
  readonly store: string
  readonly kind: 'key-value' | 'value' | 'list' | 'map'
  /** Of rows by keys of their own. */
  readonly key: StateCodec
  readonly value: StateCodec
}

export interface OpenTimer {
  readonly name: string
  readonly timers: Timers
}

/** Where the functions of a processor stand. */
export class ProcessorScope implements StoreScope {
  readonly key = new SeekKey()
  hasKey = false
  streamTime = -1
}

export function openState(
  stores: TaskStores,
  declared: readonly ProcessorStore[],
  timers: readonly OpenTimer[],
  scope: ProcessorScope,
  now: () => number,
): unknown {
  return {
    stores: Object.fromEntries(declared.map((store) => [store.name, openStore(stores, store, scope)])),
    timers: Object.fromEntries(timers.map((timer) => [timer.name, openTimer(timer, scope)])),
    get streamTime() {
      return scope.streamTime
    },
    get now() {
      return now()
    },
  }
}

function openStore(stores: TaskStores, declared: ProcessorStore, scope: ProcessorScope): object {
  const { name, store, key, value } = declared
  const parts = { name, key, value, expiry: stores.expiry(store) }
  switch (declared.kind) {
    case 'key-value':
      return keyValueStore({ ...parts, table: stores.table(store) }, scope)
    case 'value':
      return valueStore({ ...parts, table: stores.table(store) }, scope)
    case 'list':
      return listStore({ ...parts, table: stores.table(store) }, scope)
    case 'map':
      return mapStore({ ...parts, rows: stores.prefixed(store) }, scope)
  }
}

function openTimer({ name, timers }: OpenTimer, scope: ProcessorScope): object {
  const bytes = Buffer.from(name)
  const ofRecord = (): SeekKey => {
    if (scope.hasKey) return scope.key
    throw new RangeError(`timer '${name}' is of the key of the record, and there is none here`)
  }
  return {
    set(at: unknown) {
      const key = ofRecord()
      if (typeof at !== 'number' || !Number.isSafeInteger(at) || at < 0) {
        throw new RangeError(`timer '${name}' is set to ${String(at)}, which is no time in ms since the epoch`)
      }
      timers.set(bytes, key, at)
    },
    cancel() {
      timers.cancel(bytes, ofRecord())
    },
  }
}
