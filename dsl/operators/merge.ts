import type { OperatorCall } from '../model/handle.js'
import type { Stream } from '../stream.js'

export interface MergeOperator<out K, out V> {
  /**
   * All records of this stream and of others. No order is promised between them, save that records of one input
   * partition stay in order.
   *
   * @example
   * ```ts
   * web.merge(mobile, shops).to(topic('orders'))
   * ```
   */
  merge<K2, V2>(...others: readonly Stream<K2, V2>[]): Stream<K | K2, V | V2>
}

export function merge({ recorder, input, args, inputOf, stream }: OperatorCall): unknown {
  if (args.length === 0) throw args.wrong('`merge` needs at least one other stream')
  return stream(
    recorder.add({ kind: 'merge', inputs: [input, ...args.all().map((other) => inputOf(other, 'stream'))] }, args),
  )
}
