import { callLambda } from '../call-lambda.js'
import type { OperatorInterpreter } from './operator.js'

export const forEach: OperatorInterpreter<'for-each'> = (node) => (record) => {
  callLambda(node.id, node.action, record)
}
