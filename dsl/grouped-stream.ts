import type { Aggregator } from './aggregators.js'
import type { AggregateOptions, EmittingOptions, Expires, LastingOptions } from './named.js'
import type { CogroupOperator } from './operators/cogroup.js'
import type { WindowedByOperator } from './operators/windowed-by.js'
import type { RecordContext } from './record-context.js'
import type { Table } from './table.js'

/** What declared aggregators give together. */
export type Aggregated<S> = { readonly [F in keyof S]: S[F] extends Aggregator<never, infer R> ? R : never }

/** Aggregators that all take values of type `V`. */
export type AggregatorsOf<V> = Readonly<Record<string, Aggregator<V, unknown>>>

interface CountOptions extends LastingOptions, EmittingOptions {}

/** The records of a stream by key. Records without a key, and null values, belong to no group. */
export interface GroupedStream<out K, V> extends CogroupOperator<K, V>, WindowedByOperator<K, V> {
  /** How many records each key has. */
  count<O extends CountOptions = CountOptions>(options?: O): Table<K, number, Expires<O>>
  /** The first value of a key is its aggregate; each other one is added. */
  reduce<R extends V | null, O extends AggregateOptions = AggregateOptions>(
    reducer: (acc: NonNullable<V>, value: V) => R,
    options?: O,
  ): Table<K, NonNullable<V>, Extract<R, null> | Expires<O>>
  /** Several aggregates in one pass. It stands first: a fold in its place would fix the types of its lambdas. */
  aggregate<S extends AggregatorsOf<V>, O extends AggregateOptions = AggregateOptions>(
    aggregators: S,
    options?: O,
  ): Table<K, Aggregated<S>, Expires<O>>
  /** A null result deletes the key: its next value begins anew. */
  aggregate<A, R extends A | null, O extends AggregateOptions = AggregateOptions>(
    initial: () => A,
    add: (acc: A, value: V, ctx: RecordContext<K>) => R,
    options?: O,
  ): Table<K, NonNullable<A>, Extract<R, null> | Expires<O>>
}
