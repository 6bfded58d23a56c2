import type { DedupeOperator } from './operators/dedupe.js'
import type { FilterNotOperator } from './operators/filter-not.js'
import type { FilterOperator } from './operators/filter.js'
import type { FlatMapOperator } from './operators/flat-map.js'
import type { ForEachOperator } from './operators/for-each.js'
import type { GroupByKeyOperator } from './operators/group-by-key.js'
import type { GroupByOperator } from './operators/group-by.js'
import type { JoinOperator } from './operators/join.js'
import type { MapRecordOperator } from './operators/map-record.js'
import type { MapOperator } from './operators/map.js'
import type { MergeOperator } from './operators/merge.js'
import type { PeekOperator } from './operators/peek.js'
import type { PrintOperator } from './operators/print.js'
import type { ProcessOperator } from './operators/process.js'
import type { RepartitionOperator } from './operators/repartition.js'
import type { SelectKeyOperator } from './operators/select-key.js'
import type { SplitOperator } from './operators/split.js'
import type { ToTableOperator } from './operators/to-table.js'
import type { ToOperator } from './operators/to.js'

declare const carries: unique symbol

/**
 * An unbounded sequence of records with keys of type `K` and values of type `V`: each record is a fact of its own.
 * Streams are immutable; an operator returns a new one and can be called any number of times.
 */
export interface Stream<out K, V>
  extends
    FilterOperator<K, V>,
    FilterNotOperator<K, V>,
    MapOperator<K, V>,
    MapRecordOperator<K, V>,
    FlatMapOperator<K, V>,
    SelectKeyOperator<K, V>,
    PeekOperator<K, V>,
    PrintOperator<K, V>,
    ForEachOperator<K, V>,
    MergeOperator<K, V>,
    SplitOperator<K, V>,
    RepartitionOperator<K, V>,
    ToTableOperator<K, V>,
    GroupByKeyOperator<K, V>,
    GroupByOperator<K, V>,
    JoinOperator<K, V>,
    ProcessOperator<K, V>,
    DedupeOperator<K, V>,
    ToOperator<K, V> {
  readonly [carries]: () => readonly [K, V]
}
