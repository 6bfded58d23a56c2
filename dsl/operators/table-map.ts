import type { RecordFunction, Synchronous } from '../functions.js'
import type { OperatorCall } from '../model/handle.js'
import type { TableOptions } from '../named.js'
import type { Table } from '../table.js'

export interface TableMapOperator<out K, out V, out D extends null> {
  /** A new value for each row (Kafka Streams' `mapValues`). A null result deletes the row. */
  map<R>(
    mapper: RecordFunction<K, V, Synchronous<R>>,
    options?: TableOptions,
  ): Table<K, NonNullable<R>, D | Extract<R, null>>
}

export function tableMap({ recorder, input, args, table }: OperatorCall): unknown {
  const mapper = args.function(0, 'its mapper')
  return table(recorder.add({ kind: 'table-map', input, mapper }, args, args.options(1)))
}
