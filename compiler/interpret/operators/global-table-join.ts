import { callLambda } from '../call-lambda.js'
import type { OperatorInterpreter } from './operator.js'
import { joinWithRows } from './stream-table-join.js'

/** The key of the row is what the author's function gives; that of the record does not matter. */
export const globalTableJoin: OperatorInterpreter<'global-table-join'> = (node, context) =>
  joinWithRows(node, context, (record) => callLambda(node.id, node.key, record))
