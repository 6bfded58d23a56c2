import { callLambda } from '../call-lambda.js'
import { changeOf } from '../change.js'
import { changeOfRow, ownRows } from './own-rows.js'
import type { OperatorInterpreter } from './operator.js'

/** Every change goes on, tombstones too; the mapper never sees null. */
export const tableMap: OperatorInterpreter<'table-map'> = (node, context) => {
  const stored = ownRows(node, context)
  return (record) => {
    const map = (value: unknown): unknown =>
      value === null ? null : (callLambda(node.id, node.mapper, { ...record, value }) ?? null)
    context.forward({ ...record, value: changeOfRow(stored, record.key, changeOf(record), map) })
  }
}
