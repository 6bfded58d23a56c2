import type { Predicate } from '../functions.js'
import type { OperatorCall } from '../model/handle.js'
import type { OperatorOptions } from '../on-error.js'
import type { RecordContext } from '../record-context.js'
import type { Stream } from '../stream.js'

export interface FilterNotOperator<out K, out V> {
  /**
   * Drops the records for which the predicate holds. A type guard narrows the stream to the rest.
   *
   * @example
   * ```ts
   * orders.filterNot((o) => o.status === 'CANCELLED')
   * ```
   */
  filterNot<R extends V>(
    predicate: (value: V, ctx: RecordContext<K>) => value is R,
    options?: OperatorOptions,
  ): Stream<K, Exclude<V, R>>
  filterNot(predicate: Predicate<K, V>, options?: OperatorOptions): Stream<K, V>
}

export function filterNot({ recorder, input, args, stream }: OperatorCall): unknown {
  const predicate = args.function(0, 'its predicate')
  return stream(recorder.add({ kind: 'filter', input, predicate, negated: true }, args, args.options(1)))
}
