import { callLambda } from '../call-lambda.js'
import type { OperatorInterpreter } from './operator.js'
import { writeInternal } from './repartition.js'

/** The new key always goes through an internal topic. */
export const groupBy: OperatorInterpreter<'group-by'> = (node, context) => {
  const write = writeInternal(context)
  return (record) => {
    write({ ...record, key: callLambda(node.id, node.selector, record) })
  }
}
