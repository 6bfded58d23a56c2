import type { GroupedStream } from './grouped-stream.js'
import type { AggregateOptions } from './named.js'
import type { RecordContext } from './record-context.js'
import type { Table } from './table.js'
import type { Window } from './windows.js'
import type { WindowKind, Windowed } from './windowed.js'
import type { MergeArgument } from './windowed-stream.js'

/** Several grouped streams that add to one aggregate. */
export interface Cogrouped<K, A> {
  add<V>(group: GroupedStream<K, V>, add: (acc: A, value: V, ctx: RecordContext<K>) => A | null): Cogrouped<K, A>
  windowedBy<W extends WindowKind, F extends boolean>(window: Window<W, F>): WindowedCogrouped<K, A, W, F>
  aggregate(options?: AggregateOptions): Table<K, NonNullable<A>>
}

export interface WindowedCogrouped<K, A, W extends WindowKind, F extends boolean> {
  aggregate(...options: MergeArgument<A, W>): Table<Windowed<K, W>, NonNullable<A>, F extends true ? never : null>
}
