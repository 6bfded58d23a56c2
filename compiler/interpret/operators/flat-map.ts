import { callLambda } from '../call-lambda.js'
import { attributed } from '../operator-failure.js'
import type { OperatorInterpreter } from './operator.js'

/** One record for each value of the result; the key stays. A result that is iterated lazily may throw on the way. */
export const flatMap: OperatorInterpreter<'flat-map'> =
  (node, { forward }) =>
  (record) => {
    const values = callLambda(node.id, node.mapper, record)
    attributed(node.id, () => {
      for (const value of iterable(values)) forward({ ...record, value })
    })
  }

function iterable(values: unknown): Iterable<unknown> {
  if (isIterable(values)) return values
  throw new TypeError('flatMap needs an iterable as its result')
}

function isIterable(values: unknown): values is Iterable<unknown> {
  return typeof values === 'string' || (typeof values === 'object' && values !== null && Symbol.iterator in values)
}
