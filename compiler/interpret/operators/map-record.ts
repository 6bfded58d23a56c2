import { callLambda } from '../call-lambda.js'
import { attributed } from '../operator-failure.js'
import type { OperatorInterpreter } from './operator.js'

/** Maps key and value together. */
export const mapRecord: OperatorInterpreter<'map-record'> =
  (node, { forward }) =>
  (record) => {
    const result = callLambda(node.id, node.mapper, record)
    forward({ ...record, ...attributed(node.id, () => keyAndValue(result)) })
  }

function keyAndValue(result: unknown): { key: unknown; value: unknown } {
  if (typeof result === 'object' && result !== null && 'key' in result && 'value' in result) {
    return { key: result.key, value: result.value }
  }
  throw new TypeError('mapRecord needs an object { key, value } as its result')
}
