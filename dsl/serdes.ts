/**
 * Serdes: how keys and values are written on the wire. They are plain descriptions; compiled code has its own
 * specialised readers and writers for them.
 */
import { Arguments } from './model/arguments.js'
import type { SerdeSpec } from './model/serde-spec.js'
import type { Subjects } from './subjects.js'

declare const carries: unique symbol

/** How a `T` is written on the wire. */
export interface Serde<in out T> {
  readonly [carries]: (value: T) => T
}

/** Writes at least a `T`. */
export interface SerdeFor<in T> {
  readonly [carries]: (value: T) => unknown
}

class DeclaredSerde {
  readonly spec: SerdeSpec
  constructor(spec: SerdeSpec) {
    this.spec = spec
  }
}

/** A serde is invariant in a type that exists for the checker only: this is the one place that claims it. */
function declare<T>(spec: SerdeSpec): Serde<T> {
  return new DeclaredSerde(spec) as unknown as Serde<T>
}

/** The description behind a serde; undefined when the value is none. */
export function serdeSpec(serde: unknown): SerdeSpec | undefined {
  return serde instanceof DeclaredSerde ? serde.spec : undefined
}

export interface AvroOptions<S extends string = string> {
  /** Subject in the schema registry. Default: `<topic>-key` or `<topic>-value` of the topic it is used with. */
  readonly subject?: S
}

/**
 * Avro in the Confluent wire format (magic byte, schema id, data).
 *
 * With a subject of the schema lock the type comes from the lock. With a type argument the schema is derived from the
 * TypeScript type, or, when the subject is in the lock, checked against it. `number` becomes `double`; use `Int`, `Long`
 * and `Float` of `millrace/types` for the others.
 *
 * @example
 * ```ts
 * topic('totals', { value: avro<{ country: string; total: number }>() })
 * topic('orders-v2', { value: avro({ subject: 'orders-value' }) })
 * ```
 */
export function avro<S extends keyof Subjects & string>(
  options: AvroOptions<S> & { readonly subject: S },
): Serde<Subjects[S]>
export function avro<T = never>(options?: AvroOptions): Serde<T>
export function avro(...values: unknown[]): Serde<unknown> {
  const args = new Arguments('avro', values)
  const { subject } = args.options(0)
  if (subject !== undefined && (typeof subject !== 'string' || subject === '')) {
    throw args.wrong('`subject` of `avro` is not a name')
  }
  return declare({ kind: 'avro', subject, site: args.site })
}

/**
 * JSON as UTF-8. `undefined` fields are left out, non-finite numbers are errors of the record. The bytes are parsed, not
 * validated against `T`. A bigint is written as the whole number that it is; where `T` says `bigint`, whole numbers are
 * read as such, exactly. One that comes as `1.5` is an error of the record.
 *
 * @example
 * ```ts
 * topic('transfers', { value: json<{ account: string; cents: bigint }>() })
 * ```
 */
export function json<T>(): Serde<T>
export function json(...values: unknown[]): Serde<unknown> {
  return declare({ kind: 'json', site: new Arguments('json', values).site })
}

/** UTF-8 text. Invalid UTF-8 is an error of the record. */
export function string(): Serde<string> {
  return declare({ kind: 'string' })
}

/** The bytes as they are. */
export function bytes(): Serde<Uint8Array> {
  return declare({ kind: 'bytes' })
}

/** 4 bytes, big endian, as Kafka's IntegerSerializer. Other numbers are an error of the record. */
export function int32(): Serde<number> {
  return declare({ kind: 'int32' })
}

/** 8 bytes, big endian, as Kafka's LongSerializer. */
export function int64(): Serde<bigint> {
  return declare({ kind: 'int64' })
}

/** 8 bytes, IEEE 754 big endian, as Kafka's DoubleSerializer. */
export function double(): Serde<number> {
  return declare({ kind: 'double' })
}

/** 36 characters of text, as Kafka's UUIDSerializer; lower case when read. */
export function uuid(): Serde<string> {
  return declare({ kind: 'uuid' })
}

/**
 * Null on the wire (no key, a tombstone) is a value of the stream. Without it, a null key or value is an error of the
 * record.
 *
 * @example
 * ```ts
 * topic('orders', { key: nullable(string()), value: avro<Order>() })
 * ```
 */
export function nullable<T>(serde: Serde<T>): Serde<T | null>
export function nullable(...values: unknown[]): Serde<unknown> {
  const args = new Arguments('nullable', values)
  const inner = serdeSpec(args.at(0))
  if (inner === undefined) throw args.wrong('`nullable` needs a serde')
  return declare(inner.kind === 'nullable' ? inner : { kind: 'nullable', inner })
}
