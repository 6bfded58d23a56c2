import { callLambda } from '../call-lambda.js'
import { Change, changeOf } from '../change.js'
import type { OperatorInterpreter } from './operator.js'

/** Every change goes on, tombstones too; the mapper never sees null. */
export const tableMap: OperatorInterpreter<'table-map'> =
  (node, { forward }) =>
  (record) => {
    const { now, before } = changeOf(record)
    const map = (value: unknown): unknown =>
      value === null ? null : (callLambda(node.id, node.mapper, { ...record, value }) ?? null)
    forward({ ...record, value: new Change(map(now), map(before)) })
  }
