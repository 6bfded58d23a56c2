/** Stores that an author's processor declares, as the graph holds them. */
import type { SerdeSpec } from './serde-spec.js'

export interface StoreSpec {
  /** Name in the processor. */
  readonly name: string
  /** `key-value`: rows by keys of its own · `value`, `list`, `map`: one of them for each key of the records. */
  readonly kind: 'key-value' | 'value' | 'list' | 'map'
  /** Of `key-value` and `map`. */
  readonly key: SerdeSpec | undefined
  readonly value: SerdeSpec
  /** How long after its last change a row is kept, ms of stream time; undefined: for ever. */
  readonly ttl: number | undefined
  /** Where its rows are; undefined: in memory. */
  readonly store?: 'disk' | undefined
}

export interface TimerSpec {
  readonly name: string
  readonly clock: 'stream' | 'wall'
}
