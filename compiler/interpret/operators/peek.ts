import { callLambda } from '../call-lambda.js'
import type { OperatorInterpreter } from './operator.js'

/** Calls the action, then goes on with the same record. The effect is not undone when the record fails later (rule 4). */
export const peek: OperatorInterpreter<'peek'> =
  (node, { forward }) =>
  (record) => {
    callLambda(node.id, node.action, record)
    forward(record)
  }
