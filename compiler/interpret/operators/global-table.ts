import type { OperatorInterpreter } from './operator.js'
import { newestRows } from './table-source.js'

/** All partitions are one table: the interpreter is one process. */
export const globalTable: OperatorInterpreter<'global-table'> = (_, context) => newestRows(context)
