import type { OperatorInterpreter } from './operator.js'
import { newestRows } from './table-source.js'

export const toTable: OperatorInterpreter<'to-table'> = (_, context) => newestRows(context)
