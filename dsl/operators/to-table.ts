import { lifetime } from '../lifetime.js'
import type { LastingOptions } from '../named.js'
import type { OperatorCall } from '../model/handle.js'
import type { Table } from '../table.js'

export interface ToTableOperator<out K, out V> {
  /**
   * The newest value of each key (Kafka Streams' `toTable`): null deletes, records without a key are dropped. `name` is
   * that of the store.
   *
   * @example
   * ```ts
   * const newest = positions.toTable({ name: 'newest-positions' })
   * ```
   */
  toTable(options?: LastingOptions): Table<NonNullable<K>, NonNullable<V>>
}

export function toTable({ recorder, input, args, table }: OperatorCall): unknown {
  const options = args.options(0)
  return table(recorder.add({ kind: 'to-table', input, ttl: lifetime(options, args) }, args, options))
}
