import type { RecordFunction } from '../functions.js'
import type { RecordOperator } from '../model/handle.js'
import type { StateOptions } from '../named.js'
import type { Table } from '../table.js'

export interface ForeignKeyJoinOperator<out K, out V> {
  /**
   * Each row with the row of another table that it refers to (Kafka Streams' foreign-key join, KIP-213). A change of
   * either side gives a change.
   *
   * @example
   * ```ts
   * orders.joinOn(customers, (o) => o.customerId, (o, c) => ({ ...o, segment: c.segment }))
   * ```
   */
  joinOn<FK, V2, D extends null, R>(
    other: Table<FK, V2, D>,
    foreignKey: RecordFunction<K, V, FK | null | undefined>,
    joiner: (left: V, right: V2) => R,
    options?: StateOptions,
  ): Table<K, NonNullable<R>>
  leftJoinOn<FK, V2, D extends null, R>(
    other: Table<FK, V2, D>,
    foreignKey: RecordFunction<K, V, FK | null | undefined>,
    joiner: (left: V, right: V2 | undefined) => R,
    options?: StateOptions,
  ): Table<K, NonNullable<R>>
}

export function foreignKeyJoin(kind: 'inner' | 'left'): RecordOperator {
  return ({ recorder, input, args, table, inputOf }) => {
    const right = inputOf(args.at(0), 'table')
    const foreignKey = args.function(1, 'what gives the key of the other table')
    const joiner = args.function(2, 'its joiner')
    const node = { kind: 'foreign-key-join', left: input, right, join: kind, foreignKey, joiner } as const
    return table(recorder.add(node, args, args.options(3)))
  }
}
