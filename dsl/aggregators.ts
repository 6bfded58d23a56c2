/**
 * Declared aggregators: several in one pass over the values, `aggregate({ total: sum((o) => o.amount), n: count() })`.
 * The compiler knows what they keep, so that their state is typed columns.
 */
import { Arguments } from './model/arguments.js'
import type { AggregatorSpec } from './model/aggregation.js'

declare const takes: unique symbol
declare const gives: unique symbol

/** Takes values of type `V`, gives an `R`. */
export interface Aggregator<in V, out R> {
  readonly [takes]: (value: V) => void
  readonly [gives]: () => R
}

/** As the graph sees it. */
export class DeclaredAggregator {
  readonly spec: AggregatorSpec

  constructor(spec: AggregatorSpec) {
    this.spec = spec
  }
}

/** How many records. */
export function count(): Aggregator<unknown, number>
export function count(): unknown {
  return new DeclaredAggregator({ kind: 'count' })
}

/** Sum of a number of each record; 0 without any. An integer sum beyond ±(2^53 − 1) is an error of the record. */
export function sum<V>(of: (value: V) => number): Aggregator<V, number>
export function sum(...values: unknown[]): unknown {
  return ofValue('sum', values)
}

/** Arithmetic mean of a number of each record. */
export function avg<V>(of: (value: V) => number): Aggregator<V, number>
export function avg(...values: unknown[]): unknown {
  return ofValue('avg', values)
}

/** The smallest; strings by UTF-16 code units. */
export function min<V, R extends number | string | bigint>(of: (value: V) => R): Aggregator<V, R>
export function min(...values: unknown[]): unknown {
  return ofValue('min', values)
}

/** The greatest; strings by UTF-16 code units. */
export function max<V, R extends number | string | bigint>(of: (value: V) => R): Aggregator<V, R>
export function max(...values: unknown[]): unknown {
  return ofValue('max', values)
}

/** Of the record that came first. */
export function first<V, R>(of: (value: V) => R): Aggregator<V, R>
export function first(...values: unknown[]): unknown {
  return ofValue('first', values)
}

/** Of the record that came last. */
export function last<V, R>(of: (value: V) => R): Aggregator<V, R>
export function last(...values: unknown[]): unknown {
  return ofValue('last', values)
}

/** How many different values; keeps each of them. */
export function countDistinct<V>(of: (value: V) => string | number | bigint | boolean): Aggregator<V, number>
export function countDistinct(...values: unknown[]): unknown {
  return ofValue('countDistinct', values)
}

/** All of them, in order of arrival; with `limit`, the last so many. */
export function collect<V, R>(of: (value: V) => R, options?: { readonly limit?: number }): Aggregator<V, readonly R[]>
export function collect(...values: unknown[]): unknown {
  const args = new Arguments('collect', values)
  const { limit } = args.options(1)
  if (limit !== undefined && !isPositive(limit)) throw args.wrong('`limit` of `collect` is no whole number from 1')
  return new DeclaredAggregator({ kind: 'collect', of: args.function(0, 'what it collects'), limit })
}

/** Of the `k` records with the greatest `by`, greatest first; of equals, the one that came first. */
export function topK<V, R>(k: number, of: (value: V) => R, by: (value: V) => number): Aggregator<V, readonly R[]>
export function topK(...values: unknown[]): unknown {
  const args = new Arguments('topK', values)
  const limit = args.at(0)
  if (!isPositive(limit)) throw args.wrong('`topK` needs a whole number from 1')
  const of = args.function(1, 'what it keeps')
  return new DeclaredAggregator({ kind: 'topK', of, by: args.function(2, 'what it orders by'), limit })
}

export interface AggregatorParts<V, A> {
  readonly initial: () => A
  readonly add: (acc: A, value: V) => A
  /** Of two sessions that become one. */
  readonly merge?: (a: A, b: A) => A
  /** Of a row that leaves its group. */
  readonly subtract?: (acc: A, value: V) => A
}

/**
 * An aggregator of one's own. `merge` is needed for session windows, `subtract` for grouped tables; `result` makes of
 * what is kept what goes out.
 *
 * @example
 * ```ts
 * const product = aggregator({ initial: () => 1, add: (acc, o: Order) => acc * o.factor })
 * ```
 */
export function aggregator<V, A>(parts: AggregatorParts<V, A> & { readonly result?: undefined }): Aggregator<V, A>
export function aggregator<V, A, R>(parts: AggregatorParts<V, A> & { readonly result: (acc: A) => R }): Aggregator<V, R>
export function aggregator(...values: unknown[]): unknown {
  const args = new Arguments('aggregator', values)
  const { initial, add, merge, subtract, result } = args.options(0)
  return new DeclaredAggregator({
    kind: 'custom',
    initial: args.neededFunction(initial, '`initial`'),
    add: args.neededFunction(add, '`add`'),
    merge: args.optionalFunction(merge, '`merge`'),
    subtract: args.optionalFunction(subtract, '`subtract`'),
    result: args.optionalFunction(result, '`result`'),
  })
}

type OfValue = 'sum' | 'avg' | 'min' | 'max' | 'first' | 'last' | 'countDistinct'

function ofValue(kind: OfValue, values: readonly unknown[]): DeclaredAggregator {
  return new DeclaredAggregator({ kind, of: new Arguments(kind, values).function(0, 'what it looks at') })
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}
