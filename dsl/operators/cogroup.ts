import type { Cogrouped } from '../cogrouped.js'
import type { OperatorCall } from '../model/handle.js'
import type { RecordContext } from '../record-context.js'

export interface CogroupOperator<out K, out V> {
  /**
   * Begins an aggregate that several grouped streams add to, each in its own way (Kafka Streams' `cogroup`).
   *
   * @example
   * ```ts
   * views.groupByKey()
   *   .cogroup(() => ({ views: 0, orders: 0 }), (acc) => ({ ...acc, views: acc.views + 1 }))
   *   .add(orders.groupByKey(), (acc) => ({ ...acc, orders: acc.orders + 1 }))
   *   .aggregate({ name: 'activity' })
   * ```
   */
  cogroup<A>(initial: () => A, add: (acc: A, value: V, ctx: RecordContext<K>) => A | null): Cogrouped<K, A>
}

export function cogroup({ recorder, input, args, open }: OperatorCall): unknown {
  const initial = args.function(0, 'its initial value')
  const adds = [args.function(1, 'what adds a value')]
  return open('cogrouped stream', recorder.add({ kind: 'cogroup', inputs: [input], initial, adds }, args))
}
