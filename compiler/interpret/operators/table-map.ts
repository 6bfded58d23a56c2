import { callLambda } from '../call-lambda.js'
import { Change, changeOf } from '../change.js'
import { ownRows } from './own-rows.js'
import type { OperatorInterpreter } from './operator.js'

/** Every change goes on, tombstones too; the mapper never sees null. */
export const tableMap: OperatorInterpreter<'table-map'> = (node, context) => {
  const stored = ownRows(node, context)
  return (record) => {
    const { now, before, isLatest } = changeOf(record)
    const map = (value: unknown): unknown =>
      value === null ? null : (callLambda(node.id, node.mapper, { ...record, value }) ?? null)
    context.forward({ ...record, value: stored(record.key, new Change(map(now), map(before), isLatest)) })
  }
}
