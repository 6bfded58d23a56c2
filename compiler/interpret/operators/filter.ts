import { callLambda } from '../call-lambda.js'
import type { OperatorInterpreter } from './operator.js'

/** `filter` and `filterNot`. */
export const filter: OperatorInterpreter<'filter'> =
  (node, { forward }) =>
  (record) => {
    const holds = Boolean(callLambda(node.id, node.predicate, record))
    if (holds !== node.negated) forward(record)
  }
