import type { RecordFunction } from '../functions.js'
import { keySerde, type KeySerde } from '../key-serde.js'
import type { OperatorCall } from '../model/handle.js'
import type { OperatorOptions } from '../on-error.js'
import type { Stream } from '../stream.js'

/** A key with a value. */
export interface KeyValue<out K, out V> {
  readonly key: K
  readonly value: V
}

export interface MapRecordOperator<out K, out V> {
  /**
   * A new key and a new value for each record (Kafka Streams' `map`). Marks the stream for repartition: a later
   * operator that groups or joins by key goes through an internal topic first.
   *
   * @example
   * ```ts
   * orders.mapRecord((o) => ({ key: o.customerId, value: o.amount }))
   * ```
   */
  mapRecord<K2, R>(
    mapper: RecordFunction<K, V, KeyValue<K2, R>>,
    options?: OperatorOptions & KeySerde<K2>,
  ): Stream<K2, R>
}

export function mapRecord({ recorder, input, args, stream }: OperatorCall): unknown {
  const mapper = args.function(0, 'its mapper')
  const options = args.options(1)
  return stream(recorder.add({ kind: 'map-record', input, mapper, keySerde: keySerde(args, options) }, args, options))
}
