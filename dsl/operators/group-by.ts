import type { RecordFunction } from '../functions.js'
import type { GroupedStream } from '../grouped-stream.js'
import { keySerde, type KeySerde } from '../key-serde.js'
import type { OperatorCall } from '../model/handle.js'
import type { OperatorOptions } from '../on-error.js'

/** A key that may be null is told where it is made: records without a key belong to no group. */
export interface KeyCannotBeNull {
  readonly 'a key of a group cannot be null or undefined: filter such records before': never
}

export interface GroupByOperator<out K, out V> {
  /**
   * Groups by another key; records go through a repartition topic, `<application id>-<name>-repartition`.
   *
   * @example
   * ```ts
   * orders.groupBy((o) => o.country).count()
   * ```
   */
  groupBy<K2>(
    selector: RecordFunction<
      K,
      V,
      K2 & (null extends K2 ? KeyCannotBeNull : undefined extends K2 ? KeyCannotBeNull : unknown)
    >,
    options?: OperatorOptions & KeySerde<K2>,
  ): GroupedStream<K2, V>
}

export function groupBy({ recorder, input, args, open }: OperatorCall): unknown {
  const selector = args.function(0, 'what selects its key')
  const options = args.options(1)
  const node = { kind: 'group-by', input, selector, keySerde: keySerde(args, options) } as const
  return open('grouped stream', recorder.add(node, args, options))
}
