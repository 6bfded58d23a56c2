import { callLambda } from '../call-lambda.js'
import { changeOf } from '../change.js'
import { staysSilent } from '../tables.js'
import { changeOfRow, ownRows } from './own-rows.js'
import type { OperatorInterpreter } from './operator.js'

/**
 * A row that does not pass is deleted. Where Kafka Streams would not know whether it was there, the tombstone goes on
 * also for keys that never passed.
 */
export const tableFilter: OperatorInterpreter<'table-filter'> = (node, context) => {
  const { forward, graph } = context
  const silent = staysSilent(graph, node)
  const stored = ownRows(node, context)
  return (record) => {
    const pass = (value: unknown): unknown => {
      if (value === null) return null
      const holds = callLambda(node.id, node.predicate, { ...record, value }) === true
      return holds === node.negated ? null : value
    }
    const change = changeOfRow(stored, record.key, changeOf(record), pass)
    if (silent && change.now === null && change.before === null) return
    forward({ ...record, value: change })
  }
}
