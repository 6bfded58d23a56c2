import type { Aggregated, AggregatorsOf } from './grouped-stream.js'
import type { EmittingOptions, StateOptions, Stored } from './named.js'
import type { RecordContext } from './record-context.js'
import type { Table } from './table.js'

/** The rows of a table by another key: what leaves a group is subtracted. */
export interface GroupedTable<out K, out V> {
  /** How many rows; a group whose rows are gone stays, with 0. */
  count(options?: EmittingOptions & Stored): Table<K, number, never>
  reduce(
    add: (acc: NonNullable<V>, value: V) => V | null,
    subtract: (acc: NonNullable<V>, value: V) => V | null,
    options?: StateOptions & EmittingOptions,
  ): Table<K, NonNullable<V>>
  /** `ctx.key` is the group that the row comes into or leaves. */
  aggregate<A>(
    initial: () => A,
    add: (acc: A, value: V, ctx: RecordContext<K>) => A | null,
    subtract: (acc: A, value: V, ctx: RecordContext<K>) => A | null,
    options?: StateOptions & EmittingOptions,
  ): Table<K, NonNullable<A>>
  /** Of aggregators that can subtract: count, sum, avg, and one's own with `subtract`. */
  aggregate<S extends AggregatorsOf<V>>(
    aggregators: S,
    options?: StateOptions & EmittingOptions,
  ): Table<K, Aggregated<S>, never>
}
