import type { Done, RecordFunction } from '../functions.js'
import type { OperatorCall } from '../model/handle.js'
import type { OperatorOptions } from '../on-error.js'

export interface ForEachOperator<out K, out V> {
  /**
   * Does something with each record and ends the stream. The effect happens at least once, also under exactly-once.
   *
   * @example
   * ```ts
   * alerts.forEach((a) => pager.notify(a.message))
   * ```
   */
  forEach(action: RecordFunction<K, V, Done>, options?: OperatorOptions): void
}

export function forEach({ recorder, input, args }: OperatorCall): undefined {
  const action = args.function(0, 'its action')
  recorder.add({ kind: 'for-each', input, action }, args, args.options(1))
}
