/** How an aggregate of any kind begins, grows, shrinks and merges: `undefined` is an aggregate that is not there. */
import type { Aggregation } from '../../../dsl/model/aggregation.js'
import type { AuthorFunction } from '../../../dsl/model/graph.js'
import { callFunction } from '../call-lambda.js'
import { recordContext } from '../record-context.js'
import type { FlowRecord } from '../record.js'
import { declaredAggregator } from './declared.js'

export interface Aggregator {
  /** What an aggregate starts from; undefined: its first value is the aggregate. */
  readonly initial: (() => unknown) | undefined
  /** `port`: which input of a cogroup. `acc` is never undefined where there is an initial value. */
  add(acc: unknown, record: FlowRecord, port: number): unknown
  subtract(acc: unknown, record: FlowRecord): unknown
  merge(key: unknown, left: unknown, right: unknown): unknown
  /** What goes out. */
  result(acc: unknown): unknown
}

/** What a cogroup says about its inputs. */
export interface CogroupParts {
  readonly initial: AuthorFunction
  readonly adds: readonly AuthorFunction[]
}

export function aggregatorOf(node: number, aggregation: Aggregation, cogroup: CogroupParts | undefined): Aggregator {
  const call = (fn: AuthorFunction | undefined, what: string, ...args: readonly unknown[]): unknown => {
    if (fn === undefined) throw new Error(`the aggregate of node ${node} cannot ${what}`)
    return callFunction(node, fn, ...args)
  }
  const itself = (acc: unknown): unknown => acc
  switch (aggregation.kind) {
    case 'count':
      return {
        initial: () => 0,
        add: (acc) => Number(acc) + 1,
        subtract: (acc) => Number(acc) - 1,
        merge: (_, left, right) => Number(left) + Number(right),
        result: itself,
      }
    case 'reduce': {
      const { add, subtract } = aggregation
      return {
        initial: undefined,
        add: (acc, { value }) => (acc === undefined ? value : call(add, 'add', acc, value)),
        subtract: (acc, { value }) => call(subtract, 'subtract', acc, value),
        merge: (_, left, right) =>
          left === undefined ? right : right === undefined ? left : call(add, 'merge', left, right),
        result: itself,
      }
    }
    case 'fold':
    case 'cogroup': {
      const adds = aggregation.kind === 'fold' ? [aggregation.add] : (cogroup?.adds ?? [])
      const initial = aggregation.kind === 'fold' ? aggregation.initial : cogroup?.initial
      const subtract = aggregation.kind === 'fold' ? aggregation.subtract : undefined
      return {
        initial: () => call(initial, 'begin'),
        add: (acc, record, port) => call(adds[port], 'add', acc, record.value, recordContext(record)),
        subtract: (acc, record) => call(subtract, 'subtract', acc, record.value, recordContext(record)),
        merge: (key, left, right) => call(aggregation.merge, 'merge', left, right, { key }),
        result: itself,
      }
    }
    case 'declared':
      return declaredAggregator(node, aggregation.fields)
  }
}
