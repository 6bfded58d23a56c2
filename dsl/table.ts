import type { ForeignKeyJoinOperator } from './operators/foreign-key-join.js'
import type { GroupTableOperator } from './operators/group-table.js'
import type { SuppressOperator } from './operators/suppress.js'
import type { TableFilterOperator } from './operators/table-filter.js'
import type { TableJoinOperator } from './operators/table-join.js'
import type { TableMapOperator } from './operators/table-map.js'
import type { ToStreamOperator } from './operators/to-stream.js'
import type { TableToOperator } from './operators/to.js'

declare const holds: unique symbol

/**
 * The newest value of each key. `D` is null where a key can be deleted, never where it cannot (aggregates of streams).
 */
export interface Table<K, V, D extends null = null>
  extends
    TableFilterOperator<K, V>,
    TableMapOperator<K, V, D>,
    ToStreamOperator<K, V, D>,
    TableToOperator<K, V>,
    GroupTableOperator<K, V>,
    TableJoinOperator<K, V>,
    ForeignKeyJoinOperator<K, V>,
    SuppressOperator<K, V, D> {
  readonly [holds]: () => readonly [K, V]
}
