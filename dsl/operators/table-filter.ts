import type { Predicate } from '../functions.js'
import type { OperatorCall, RecordOperator } from '../model/handle.js'
import type { TableOptions } from '../named.js'
import type { Table } from '../table.js'

export interface TableFilterOperator<out K, out V> {
  /** The rows for which the predicate holds: a row that no longer does is deleted. */
  filter(predicate: Predicate<K, V>, options?: TableOptions): Table<K, V>
  /** The rows for which the predicate does not hold. */
  filterNot(predicate: Predicate<K, V>, options?: TableOptions): Table<K, V>
}

export function tableFilter(negated: boolean): RecordOperator {
  return ({ recorder, input, args, table }: OperatorCall) => {
    const predicate = args.function(0, 'its predicate')
    return table(recorder.add({ kind: 'table-filter', input, predicate, negated }, args, args.options(1)))
  }
}
