/** Declared aggregators, several side by side: the accumulator is an array, one member for each field. */
import type { AggregatorSpec, DeclaredField } from '../../../dsl/model/aggregation.js'
import { callFunction } from '../call-lambda.js'
import { keyText } from '../state/key-bytes.js'
import type { Aggregator } from './aggregator.js'

/** One field: plain functions over its own accumulator. */
interface Part {
  readonly initial: unknown
  add(acc: unknown, value: unknown): unknown
  subtract?(acc: unknown, value: unknown): unknown
  merge(left: unknown, right: unknown): unknown
  result(acc: unknown): unknown
}

export function declaredAggregator(node: number, fields: readonly DeclaredField[]): Aggregator {
  const parts = fields.map(({ aggregator }) => partOf(node, aggregator))
  const each = (change: (part: Part, index: number) => unknown): unknown[] => parts.map(change)
  const list = (acc: unknown): readonly unknown[] => (Array.isArray(acc) ? acc : [])
  return {
    initial: () =>
      each(({ initial }) => (typeof initial === 'function' ? callFunction(node, initial as () => unknown) : initial)),
    add: (acc, { value }) => each((part, i) => part.add(list(acc)[i], value)),
    subtract: (acc, { value }) =>
      each((part, i) => {
        if (part.subtract === undefined) throw new TypeError(`aggregator '${fields[i]?.name ?? ''}' cannot subtract`)
        return part.subtract(list(acc)[i], value)
      }),
    merge: (_, left, right) => each((part, i) => part.merge(list(left)[i], list(right)[i])),
    result: (acc) => Object.fromEntries(fields.map(({ name }, i) => [name, parts[i]?.result(list(acc)[i])])),
  }
}

interface Mean {
  readonly sum: number
  readonly n: number
}
interface Ranked {
  readonly item: unknown
  readonly by: number
}

const itself = (acc: unknown): unknown => acc
const numbers = (left: unknown, right: unknown): number => safe(Number(left) + Number(right))
const lists = (left: unknown, right: unknown): unknown[] => [...(left as unknown[]), ...(right as unknown[])]

/** A sum of integers beyond 2^53 would silently be another number. */
function safe(sum: number): number {
  if (Number.isInteger(sum) && !Number.isSafeInteger(sum)) throw new RangeError('the sum is beyond ±(2^53 − 1)')
  return sum
}

function partOf(node: number, spec: AggregatorSpec): Part {
  switch (spec.kind) {
    case 'count':
      return { initial: 0, add: (n) => Number(n) + 1, subtract: (n) => Number(n) - 1, merge: numbers, result: itself }
    case 'custom': {
      const { initial, add, merge, subtract, result } = spec
      return {
        initial,
        add: (acc, value) => callFunction(node, add, acc, value),
        ...(subtract === undefined ? {} : { subtract: (acc, value) => callFunction(node, subtract, acc, value) }),
        merge: (left, right) => {
          if (merge === undefined) throw new TypeError('an aggregator without `merge` cannot merge sessions')
          return callFunction(node, merge, left, right)
        },
        result: (acc) => (result === undefined ? acc : callFunction(node, result, acc)),
      }
    }
    case 'topK': {
      const best = (items: readonly Ranked[]): Ranked[] => items.toSorted((a, b) => b.by - a.by).slice(0, spec.limit)
      const ranked = (acc: unknown): readonly Ranked[] => acc as readonly Ranked[]
      return {
        initial: [],
        add: (acc, value) => {
          const item = { item: callFunction(node, spec.of, value), by: Number(callFunction(node, spec.by, value)) }
          return best([...ranked(acc), item])
        },
        merge: (left, right) => best([...ranked(left), ...ranked(right)]),
        result: (acc) => ranked(acc).map(({ item }) => item),
      }
    }
    default:
      return partOfValue(spec, (value) => callFunction(node, spec.of, value))
  }
}

type ValueSpec = Exclude<AggregatorSpec, { readonly kind: 'count' | 'custom' | 'topK' }>

function partOfValue(spec: ValueSpec, of: (value: unknown) => unknown): Part {
  switch (spec.kind) {
    case 'sum':
      return {
        initial: 0,
        add: (acc, value) => numbers(acc, of(value)),
        subtract: (acc, value) => safe(Number(acc) - Number(of(value))),
        merge: numbers,
        result: itself,
      }
    case 'avg': {
      const change = (acc: unknown, value: unknown, n: number): Mean => {
        const mean = acc as Mean
        return { sum: mean.sum + n * Number(of(value)), n: mean.n + n }
      }
      return {
        initial: { sum: 0, n: 0 } satisfies Mean,
        add: (acc, value) => change(acc, value, 1),
        subtract: (acc, value) => change(acc, value, -1),
        merge: (left, right) => ({
          sum: (left as Mean).sum + (right as Mean).sum,
          n: (left as Mean).n + (right as Mean).n,
        }),
        result: (acc) => (acc as Mean).sum / (acc as Mean).n,
      }
    }
    case 'min':
      return extreme(of, (a, b) => a < b)
    case 'max':
      return extreme(of, (a, b) => a > b)
    case 'first':
      return {
        initial: [],
        add: (acc, value) => ((acc as unknown[]).length > 0 ? acc : [of(value)]),
        merge: kept,
        result: head,
      }
    case 'last':
      return { initial: [], add: (_, value) => [of(value)], merge: (left, right) => kept(right, left), result: head }
    case 'countDistinct': {
      const distinct = (values: readonly unknown[]): unknown[] => [
        ...new Map(values.map((value) => [keyText(value), value])).values(),
      ]
      return {
        initial: [],
        add: (acc, value) => distinct([...(acc as unknown[]), of(value)]),
        merge: (left, right) => distinct(lists(left, right)),
        result: (acc) => (acc as unknown[]).length,
      }
    }
    case 'collect': {
      const last = (items: unknown[]): unknown[] => (spec.limit === undefined ? items : items.slice(-spec.limit))
      return {
        initial: [],
        add: (acc, value) => last([...(acc as unknown[]), of(value)]),
        merge: (left, right) => last(lists(left, right)),
        result: itself,
      }
    }
  }
}

const kept = (one: unknown, other: unknown): unknown => ((one as unknown[]).length > 0 ? one : other)
const head = (acc: unknown): unknown => (acc as unknown[])[0]

type Ordered = string | number | bigint

function extreme(of: (value: unknown) => unknown, wins: (a: Ordered, b: Ordered) => boolean): Part {
  const better = (left: unknown, right: unknown): unknown => {
    const [a] = left as Ordered[]
    const [b] = right as Ordered[]
    if (a === undefined || b === undefined) return kept(left, right)
    return wins(b, a) ? right : left
  }
  return { initial: [], add: (acc, value) => better(acc, [of(value)]), merge: better, result: head }
}
