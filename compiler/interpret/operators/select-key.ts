import { callLambda } from '../call-lambda.js'
import type { OperatorInterpreter } from './operator.js'

/** Sets the key; the value stays. */
export const selectKey: OperatorInterpreter<'select-key'> =
  (node, { forward }) =>
  (record) => {
    forward({ ...record, key: callLambda(node.id, node.selector, record) })
  }
