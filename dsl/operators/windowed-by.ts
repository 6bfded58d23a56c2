import { DeclaredWindow, type Window } from '../windows.js'
import type { OperatorCall } from '../model/handle.js'
import type { WindowKind } from '../windowed.js'
import type { WindowedStream } from '../windowed-stream.js'

export interface WindowedByOperator<out K, out V> {
  /**
   * Cuts each group into windows of time.
   *
   * @example
   * ```ts
   * clicks.groupByKey().windowedBy(session('5m', { grace: '30s' })).count()
   * ```
   */
  windowedBy<W extends WindowKind, F extends boolean>(window: Window<W, F>): WindowedStream<K, V, W, F>
}

export function windowedBy({ recorder, input, args, open }: OperatorCall): unknown {
  const window = args.at(0)
  if (!(window instanceof DeclaredWindow))
    throw args.wrong('`windowedBy` needs a window', 'use tumbling(…), hopping(…)…')
  return open('windowed stream', recorder.add({ kind: 'window', input, window: window.spec }, args))
}
