import type { Aggregated, AggregatorsOf } from './grouped-stream.js'
import type { Named, StateOptions, Stored } from './named.js'
import type { RecordContext } from './record-context.js'
import type { Stream } from './stream.js'
import type { Table } from './table.js'
import type { WindowKind, Windowed } from './windowed.js'

/** Sessions that merge delete what they replace, unless only final results go out. */
type WindowTable<K, V, W extends WindowKind, F extends boolean, D extends null = never> = Table<
  Windowed<K, W>,
  V,
  F extends true ? never : W extends 'session' ? null : D
>

type Merged<A> = StateOptions & { readonly merge: (a: A, b: A) => A }

/** Of sessions: how two that become one are put together. */
export type MergeArgument<A, W extends WindowKind> = W extends 'session'
  ? [options: Merged<A>]
  : [options?: StateOptions]

/** Groups cut into windows. */
export interface WindowedStream<out K, V, W extends WindowKind, F extends boolean> {
  /** The records that no window accepted, each once: all of their windows are closed. */
  readonly late: Stream<K, V>
  count(options?: Named & Stored): WindowTable<K, number, W, F>
  reduce<R extends V | null>(
    reducer: (acc: NonNullable<V>, value: V) => R,
    options?: StateOptions,
  ): WindowTable<K, NonNullable<V>, W, F, Extract<R | V, null>>
  aggregate<S extends AggregatorsOf<V>>(aggregators: S, options?: StateOptions): WindowTable<K, Aggregated<S>, W, F>
  aggregate<A, R extends A | null>(
    initial: () => A,
    add: (acc: A, value: V, ctx: RecordContext<K>) => R,
    ...options: MergeArgument<A, W>
  ): WindowTable<K, NonNullable<A>, W, F, Extract<R, null>>
}
