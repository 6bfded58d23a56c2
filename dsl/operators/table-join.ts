import type { JoinKind } from '../model/graph.js'
import type { RecordOperator } from '../model/handle.js'
import type { StateOptions } from '../named.js'
import type { Table } from '../table.js'

export interface TableJoinOperator<K, V> {
  /** Rows with one key, of both tables; a change of either gives a change. */
  join<V2, D extends null, R>(
    other: Table<K, V2, D>,
    joiner: (left: V, right: V2) => R,
    options?: StateOptions,
  ): Table<K, NonNullable<R>>
  /** Every row of this table, with that of the other one where there is one. */
  leftJoin<V2, D extends null, R>(
    other: Table<K, V2, D>,
    joiner: (left: V, right: V2 | undefined) => R,
    options?: StateOptions,
  ): Table<K, NonNullable<R>>
  /** Every row of both tables. */
  outerJoin<V2, D extends null, R>(
    other: Table<K, V2, D>,
    joiner: (left: V | undefined, right: V2 | undefined) => R,
    options?: StateOptions,
  ): Table<K, NonNullable<R>>
}

export function tableJoin(kind: JoinKind): RecordOperator {
  return ({ recorder, input, args, table, inputOf }) => {
    const right = inputOf(args.at(0), 'table')
    const joiner = args.function(1, 'its joiner')
    return table(recorder.add({ kind: 'table-join', left: input, right, join: kind, joiner }, args, args.options(2)))
  }
}
