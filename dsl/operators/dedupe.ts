import { positiveMilliseconds, type Duration } from '../duration.js'
import type { RecordFunction } from '../functions.js'
import type { OperatorCall } from '../model/handle.js'
import type { OperatorOptions } from '../on-error.js'
import type { Stream } from '../stream.js'

export interface DedupeOptions<in K, in V> extends OperatorOptions {
  /** A record is dropped when one with the same key and `by` went on whose timestamp is less than this away. */
  readonly within: Duration
  /** What makes records of one key equal; compared as JSON text. Default: the key alone. */
  readonly by?: RecordFunction<K, V, unknown>
}

export interface DedupeOperator<out K, out V> {
  /**
   * Lets the first of equal records go on. Equal are those of one key, and of equal results of `by`. Event time decides,
   * in either direction; records that are later than `within` behind stream time cannot be told apart any more and go on.
   * Records without a key go on. Behind a key change, records go through a repartition topic.
   *
   * @example
   * ```ts
   * events.dedupe({ within: '1h', by: (e) => e.id })
   * ```
   */
  dedupe(options: DedupeOptions<K, V>): Stream<K, V>
}

export function dedupe({ recorder, input, args, stream }: OperatorCall): unknown {
  const options = args.options(0)
  const within = positiveMilliseconds(options['within'], '`within`', args)
  const by = args.optionalFunction(options['by'], '`by`')
  return stream(recorder.add({ kind: 'dedupe', input, within, by }, args, options))
}
