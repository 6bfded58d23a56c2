import type { OperatorCall } from '../model/handle.js'
import type { Stream } from '../stream.js'

export interface ToStreamOperator<out K, out V, out D extends null> {
  /** Every change of the table, in order for each key; null is a deletion. */
  toStream(): Stream<K, V | D>
}

export function toStream({ recorder, input, args, stream }: OperatorCall): unknown {
  return stream(recorder.add({ kind: 'to-stream', input }, args))
}
