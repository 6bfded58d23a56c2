import type { RecordFunction } from '../functions.js'
import type { Arguments } from '../model/arguments.js'
import type { SinkTarget } from '../model/graph.js'
import type { OperatorCall } from '../model/handle.js'
import type { OperatorOptions } from '../on-error.js'
import { DeclaredTopic, type Sink } from '../topic.js'

/** Headers of a written record: text is written as UTF-8. */
export type HeaderValues = Readonly<Record<string, string | Uint8Array>>

export interface SinkOptions<in K, in V> extends OperatorOptions {
  /** Headers of the written record. Default: those of the record that was read. */
  readonly headers?: RecordFunction<K, V, HeaderValues>
  /** Time stamp of the written record, in ms since the epoch. Default: the record's event time. */
  readonly timestamp?: RecordFunction<K, V, number>
}

/**
 * What a sink must take for a stream of `V`: null and undefined are written as a tombstone. Of `any` a type is made that
 * no sink takes; it mentions `V` so that helpers with an open `V` can still write to a `Sink<K, V>`.
 */
export type Written<V> = 0 extends 1 & V ? Readonly<V> : NonNullable<V>

export interface ToOperator<out K, V> {
  /**
   * Writes each record to a topic. Null and undefined are written as a tombstone. The partition follows from the key,
   * as in Kafka's own clients (murmur2).
   *
   * @example
   * ```ts
   * paid.to(topic('paid'), { headers: (_, ctx) => ({ origin: ctx.topic }) })
   * ```
   */
  to(topic: Sink<K, Written<V>>, options?: SinkOptions<K, V>): void
  /**
   * Writes each record to the topic that `choose` names. All candidates share the serdes of `like`, and must exist.
   *
   * @example
   * ```ts
   * orders.to((o) => `orders-${o.country}`, { like: topic('orders') })
   * ```
   */
  to(choose: RecordFunction<K, V, string>, options: SinkOptions<K, V> & { readonly like: Sink<K, Written<V>> }): void
}

export interface TableToOperator<in K, out V> {
  /** Writes every change of the table to a topic; a deletion is a tombstone. `toStream().to(…)` has more options. */
  to(topic: Sink<K, Written<V>>, options?: OperatorOptions): void
}

export function tableTo(call: OperatorCall): undefined {
  const { recorder, input, args } = call
  if (!(args.at(0) instanceof DeclaredTopic)) throw args.wrong('`to` of a table needs a topic')
  to({ ...call, input: recorder.add({ kind: 'to-stream', input }, args) })
}

export function to({ recorder, input, args }: OperatorCall): undefined {
  const options = args.options(1)
  const target = sinkTarget(args, options['like'])
  const headers = args.optionalFunction(options['headers'], '`headers`')
  const timestamp = args.optionalFunction(options['timestamp'], '`timestamp`')
  recorder.add({ kind: 'to', input, target, headers, timestamp }, args, options)
}

function sinkTarget(args: Arguments, like: unknown): SinkTarget {
  const first = args.at(0)
  if (first instanceof DeclaredTopic) return { kind: 'topic', topic: first.spec }
  const choose = args.function(0, 'the choice of a topic, or a topic')
  if (!(like instanceof DeclaredTopic)) {
    throw args.wrong('a chosen topic needs `like`, a topic with the same serdes', "write { like: topic('name') }")
  }
  return { kind: 'chosen', choose, like: like.spec }
}
