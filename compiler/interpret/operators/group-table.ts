import { callLambda } from '../call-lambda.js'
import { Change, changeOf } from '../change.js'
import { keyText } from '../state/key-bytes.js'
import { isVersioned } from '../tables.js'
import type { OperatorInterpreter } from './operator.js'
import { writeInternal } from './repartition.js'

/** A row that stays in its group is one update of it; one that moves leaves its old group first. */
export const groupTable: OperatorInterpreter<'group-table'> = (node, context) => {
  const write = writeInternal(context)
  const ignoresHistory = isVersioned(context.graph, node.input)
  return (record) => {
    const { now, before, isLatest } = changeOf(record)
    if (ignoresHistory && !isLatest) return
    const place = (value: unknown): { readonly key: unknown; readonly value: unknown } | undefined => {
      if (value === null) return undefined
      const placed = callLambda(node.id, node.selector, { ...record, value }) as { key: unknown; value: unknown }
      return placed.key === null || placed.key === undefined ? undefined : placed
    }
    const from = place(before)
    const to = place(now)
    if (from !== undefined && to !== undefined && keyText(from.key) === keyText(to.key)) {
      write({ ...record, key: to.key, value: new Change(to.value, from.value) })
      return
    }
    if (from !== undefined) write({ ...record, key: from.key, value: new Change(null, from.value) })
    if (to !== undefined) write({ ...record, key: to.key, value: new Change(to.value, null) })
  }
}
