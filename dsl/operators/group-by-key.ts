import type { GroupedStream } from '../grouped-stream.js'
import type { OperatorCall } from '../model/handle.js'

export interface GroupByKeyOperator<out K, out V> {
  /** Groups by the key that the records have; behind a key change, they go through a repartition topic. */
  groupByKey(): GroupedStream<NonNullable<K>, V>
}

export function groupByKey({ recorder, input, args, open }: OperatorCall): unknown {
  return open('grouped stream', recorder.add({ kind: 'group-by-key', input }, args))
}
