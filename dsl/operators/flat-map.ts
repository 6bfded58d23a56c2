import type { RecordFunction } from '../functions.js'
import type { OperatorCall } from '../model/handle.js'
import type { OperatorOptions } from '../on-error.js'
import type { Stream } from '../stream.js'

export interface FlatMapOperator<out K, out V> {
  /**
   * Any number of values for each record, in order; the key stays (Kafka Streams' `flatMapValues`): no repartition.
   * All of them belong to one record: they are written together or not at all.
   *
   * @example
   * ```ts
   * orders.flatMap((o) => o.items.map((i) => ({ order: o.orderId, sku: i.sku })))
   * ```
   */
  flatMap<R>(mapper: RecordFunction<K, V, Iterable<R>>, options?: OperatorOptions): Stream<K, R>
}

export function flatMap({ recorder, input, args, stream }: OperatorCall): unknown {
  const mapper = args.function(0, 'its mapper')
  return stream(recorder.add({ kind: 'flat-map', input, mapper }, args, args.options(1)))
}
