/**
 * Topics: a name, how keys and values are written, and where event time comes from. A topic that is only read is checked
 * as a `Source`, one that is only written as a `Sink`, so that a stream of a narrower type fits a wider sink.
 */
import { Arguments } from './model/arguments.js'
import type { TopicSpec } from './model/graph.js'
import type { SerdeSpec } from './model/serde-spec.js'
import { checkTopicName } from './names.js'
import type { RecordContext } from './record-context.js'
import { serdeSpec, type Serde } from './serdes.js'
import type { KeyOf, TopicName, ValueOf } from './subjects.js'

declare const reads: unique symbol
declare const writes: unique symbol

/** Something that gives records. */
export interface Source<out K, out V> {
  readonly name: string
  readonly [reads]: () => readonly [K, V]
}

/** Something that takes records. */
export interface Sink<in K, in V> {
  readonly name: string
  readonly [writes]: (key: K, value: V) => void
}

export interface Topic<in out K, in out V> extends Source<K, V>, Sink<K, V> {}

/**
 * Event time of a record, in ms since the epoch or as a Date; `ctx.timestamp` is the record's own time stamp, which is
 * the default. A record with a negative event time is dropped.
 *
 * @example
 * ```ts
 * topic('orders', { timestamp: (order, ctx) => order.createdAt ?? ctx.timestamp })
 * ```
 */
export type TimestampExtractor<V> = (value: V, ctx: RecordContext<unknown>) => number | Date

/** Topic as the graph sees it. */
export class DeclaredTopic {
  readonly spec: TopicSpec
  constructor(spec: TopicSpec) {
    this.spec = spec
  }
  get name(): string {
    return this.spec.name
  }
}

/**
 * Declares a topic.
 *
 * Without serdes the types come from the schema lock: subject `<name>-value` must be there, subject `<name>-key` may be
 * (else keys are strings). Topics are declared at module level or in a builder, and can be shared by pipelines.
 *
 * @example
 * ```ts
 * const orders = topic('orders', { timestamp: (o) => o.createdAt })
 * const words = topic('words', { key: string(), value: string() })
 * ```
 * @throws PipelineError MR1209 for a name that Kafka refuses (letters, digits, `.`, `_`, `-`; at most 249).
 */
export function topic<K, V>(
  name: string,
  options: { readonly key: Serde<K>; readonly value: Serde<V>; readonly timestamp?: TimestampExtractor<V> },
): Topic<K, V>
/** Value with its own serde, key from the lock, else a string or null. */
export function topic<Name extends string, V>(
  name: Name,
  options: { readonly value: Serde<V>; readonly timestamp?: TimestampExtractor<V> },
): Topic<KeyOf<Name>, V>
/** Key with its own serde, value from the lock. */
export function topic<Name extends TopicName, K>(
  name: Name,
  options: { readonly key: Serde<K>; readonly timestamp?: TimestampExtractor<ValueOf<Name>> },
): Topic<K, ValueOf<Name>>
/** Key and value from the lock. */
export function topic<Name extends TopicName>(
  name: Name,
  options?: { readonly timestamp?: TimestampExtractor<ValueOf<Name>> },
): Topic<KeyOf<Name>, ValueOf<Name>>
export function topic(...values: unknown[]): { readonly name: string } {
  const args = new Arguments('topic', values)
  const options = args.options(1)
  return new DeclaredTopic({
    name: checkTopicName(args.at(0), args.site),
    key: serdeOption(args, 'key', options['key']),
    value: serdeOption(args, 'value', options['value']),
    timestamp: args.optionalFunction(options['timestamp'], '`timestamp`'),
    site: args.site,
  })
}

function serdeOption(args: Arguments, name: string, value: unknown): SerdeSpec | undefined {
  if (value === undefined) return undefined
  const spec = serdeSpec(value)
  if (spec === undefined) throw args.wrong(`\`${name}\` of \`topic\` is not a serde`, 'use avro(), json(), string()…')
  return spec
}
