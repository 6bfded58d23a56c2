import type { OperatorInterpreter } from './operator.js'
import { newestRows } from './table-source.js'

export const toTable: OperatorInterpreter<'to-table'> = (node, context) => newestRows(context, node.ttl)
