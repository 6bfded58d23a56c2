import type { OperatorCall } from '../model/handle.js'
import type { Stream } from '../stream.js'

export interface PrintOperator<out K, out V> {
  /**
   * Writes each record to the log and passes it on: needs the whole value, so all of its fields are decoded.
   *
   * @example
   * ```ts
   * orders.filter((o) => o.amount > 1_000_000).print('suspicious')
   * ```
   */
  print(label?: string): Stream<K, V>
}

export function print({ recorder, input, args, stream }: OperatorCall): unknown {
  const label = args.at(0)
  if (label !== undefined && typeof label !== 'string') throw args.wrong('the label of `print` is not a string')
  return stream(recorder.add({ kind: 'print', input, label }, args))
}
