import type { Done, RecordFunction } from '../functions.js'
import type { OperatorCall } from '../model/handle.js'
import type { OperatorOptions } from '../on-error.js'
import type { Stream } from '../stream.js'

export interface PeekOperator<out K, out V> {
  /**
   * Does something with each record and passes it on. The effect happens at least once, also under exactly-once.
   *
   * @example
   * ```ts
   * orders.peek((o, ctx) => log.debug(`${ctx.topic}@${ctx.offset}: ${o.orderId}`))
   * ```
   */
  peek(action: RecordFunction<K, V, Done>, options?: OperatorOptions): Stream<K, V>
}

export function peek({ recorder, input, args, stream }: OperatorCall): unknown {
  const action = args.function(0, 'its action')
  return stream(recorder.add({ kind: 'peek', input, action }, args, args.options(1)))
}
