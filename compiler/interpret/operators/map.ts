import { callLambda } from '../call-lambda.js'
import type { OperatorInterpreter } from './operator.js'

/** Maps the value; the key stays. */
export const map: OperatorInterpreter<'map'> =
  (node, { forward }) =>
  (record) => {
    forward({ ...record, value: callLambda(node.id, node.mapper, record) })
  }
