import type { GroupedStream } from '../grouped-stream.js'
import type { OperatorCall } from '../model/handle.js'
import type { Named } from '../named.js'

export interface GroupByKeyOperator<out K, out V> {
  /** Groups by the key that the records have; behind a key change, they go through a repartition topic by its name. */
  groupByKey(options?: Named): GroupedStream<NonNullable<K>, V>
}

export function groupByKey({ recorder, input, args, open }: OperatorCall): unknown {
  return open('grouped stream', recorder.add({ kind: 'group-by-key', input }, args, args.options(0)))
}
