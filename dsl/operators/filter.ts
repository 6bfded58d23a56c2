import type { Predicate } from '../functions.js'
import type { OperatorCall } from '../model/handle.js'
import type { OperatorOptions } from '../on-error.js'
import type { RecordContext } from '../record-context.js'
import type { Stream } from '../stream.js'

export interface FilterOperator<out K, out V> {
  /**
   * Keeps the records for which the predicate holds. A type guard narrows the stream. Keys stay: no repartition.
   *
   * @example
   * ```ts
   * orders.filter((o) => o.amount > 100)
   * clicks.filter((c): c is Click & { product: string } => c.product !== null)
   * ```
   */
  filter<R extends V>(
    predicate: (value: V, ctx: RecordContext<K>) => value is R,
    options?: OperatorOptions,
  ): Stream<K, R>
  filter(predicate: Predicate<K, V>, options?: OperatorOptions): Stream<K, V>
}

export function filter({ recorder, input, args, stream }: OperatorCall): unknown {
  const predicate = args.function(0, 'its predicate')
  return stream(recorder.add({ kind: 'filter', input, predicate, negated: false }, args, args.options(1)))
}
