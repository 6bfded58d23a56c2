import type { PromiseCannotBeReturned, RecordFunction, Synchronous } from '../functions.js'
import type { OperatorCall } from '../model/handle.js'
import type { OperatorOptions } from '../on-error.js'
import type { Stream } from '../stream.js'

export interface MapOperator<out K, out V> {
  /**
   * A new value for each record; the key stays (Kafka Streams' `mapValues`): no repartition.
   *
   * @example
   * ```ts
   * orders.map((o, ctx) => ({ ...o, receivedAt: ctx.timestamp }))
   * ```
   */
  map<R>(mapper: RecordFunction<K, V, Synchronous<R>>, options?: OperatorOptions): Stream<K, R>
  map(mapper: RecordFunction<K, V, PromiseLike<unknown>>, options?: OperatorOptions): PromiseCannotBeReturned
  map<R>(mapper: RecordFunction<K, V, R>, options?: OperatorOptions): Stream<K, R>
}

export function map({ recorder, input, args, stream }: OperatorCall): unknown {
  const mapper = args.function(0, 'its mapper')
  return stream(recorder.add({ kind: 'map', input, mapper }, args, args.options(1)))
}
