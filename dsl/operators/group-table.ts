import { addAggregate } from '../add-aggregate.js'
import { declaredFields } from '../declared-fields.js'
import type { RecordFunction } from '../functions.js'
import type { GroupedTable } from '../grouped-table.js'
import { keySerde, type KeySerde } from '../key-serde.js'
import type { Aggregation } from '../model/aggregation.js'
import type { OperatorCall } from '../model/handle.js'
import type { OperatorOptions } from '../on-error.js'

export interface GroupTableOperator<out K, out V> {
  /**
   * Groups the rows by another key: a row that changes leaves its group and enters another one, so aggregates can
   * subtract. A null key leaves the row out.
   *
   * @example
   * ```ts
   * customers.groupBy((c) => ({ key: c.country, value: c.revenue })).reduce((a, b) => a + b, (a, b) => a - b)
   * ```
   */
  groupBy<K2, R>(
    selector: RecordFunction<K, V, { readonly key: K2; readonly value: R }>,
    options?: OperatorOptions & KeySerde<NonNullable<K2>>,
  ): GroupedTable<NonNullable<K2>, R>
}

export function groupTable({ recorder, input, args, open }: OperatorCall): unknown {
  const selector = args.function(0, 'what selects key and value')
  const options = args.options(1)
  const node = { kind: 'group-table', input, selector, keySerde: keySerde(args, options) } as const
  return open('grouped table', recorder.add(node, args, options))
}

export function reduceTable(call: OperatorCall): unknown {
  const { args } = call
  const aggregation: Aggregation = {
    kind: 'reduce',
    add: args.function(0, 'what adds a value'),
    subtract: args.function(1, 'what subtracts a value'),
  }
  return addAggregate(call, aggregation, args.options(2))
}

export function aggregateTable(call: OperatorCall): unknown {
  const { args } = call
  const folds = typeof args.at(0) === 'function'
  const aggregation: Aggregation = folds
    ? {
        kind: 'fold',
        initial: args.function(0, 'its initial value'),
        add: args.function(1, 'what adds a value'),
        subtract: args.function(2, 'what subtracts a value'),
        merge: undefined,
      }
    : { kind: 'declared', fields: declaredFields(args) }
  return addAggregate(call, aggregation, args.options(folds ? 3 : 1))
}
