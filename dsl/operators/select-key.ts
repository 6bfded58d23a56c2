import type { PromiseCannotBeReturned, RecordFunction, Synchronous } from '../functions.js'
import { keySerde, type KeySerde } from '../key-serde.js'
import type { OperatorCall } from '../model/handle.js'
import type { OperatorOptions } from '../on-error.js'
import type { Stream } from '../stream.js'

export interface SelectKeyOperator<out K, out V> {
  /**
   * A new key for each record. Marks the stream for repartition: a later operator that groups or joins by key goes
   * through an internal topic first.
   *
   * @example
   * ```ts
   * orders.selectKey((o) => o.customerId)
   * orders.selectKey((o) => o.number, { key: int32() })
   * ```
   */
  selectKey<K2>(
    selector: RecordFunction<K, V, Synchronous<K2>>,
    options?: OperatorOptions & KeySerde<K2>,
  ): Stream<K2, V>
  selectKey(selector: RecordFunction<K, V, PromiseLike<unknown>>, options?: OperatorOptions): PromiseCannotBeReturned
  selectKey<K2>(selector: RecordFunction<K, V, K2>, options?: OperatorOptions & KeySerde<K2>): Stream<K2, V>
}

export function selectKey({ recorder, input, args, stream }: OperatorCall): unknown {
  const selector = args.function(0, 'its selector')
  const options = args.options(1)
  return stream(recorder.add({ kind: 'select-key', input, selector, keySerde: keySerde(args, options) }, args, options))
}
