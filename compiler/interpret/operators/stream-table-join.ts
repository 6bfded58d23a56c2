import { callFunction } from '../call-lambda.js'
import { changeOf } from '../change.js'
import { recordContext } from '../record-context.js'
import type { FlowRecord } from '../record.js'
import { KeyedMap } from '../state/keyed-map.js'
import type { NodeOf, OperatorContext, OperatorInterpreter, Receiver } from './operator.js'

/** The row of the key as it is now, whatever its timestamp. A left join keeps records without a key. */
export const streamTableJoin: OperatorInterpreter<'stream-table-join'> = (node, context) => {
  if (node.grace !== undefined) throw new Error('joins with versioned tables are not interpreted yet')
  return joinWithRows(node, context, (record) => record.key)
}

/** `keyOf` sees null values too. */
export function joinWithRows(
  node: NodeOf<'stream-table-join' | 'global-table-join'>,
  { forward, journal }: OperatorContext,
  keyOf: (record: FlowRecord) => unknown,
): Receiver {
  const rows = new KeyedMap(journal)
  const lookUp = (record: FlowRecord): void => {
    const key = keyOf(record)
    if (record.value === null || record.value === undefined) return
    const row = key === null || key === undefined ? undefined : rows.get(key)
    if (row === undefined && node.join === 'inner') return
    forward({ ...record, value: callFunction(node.id, node.joiner, record.value, row, recordContext(record)) })
  }
  return (record, port) => {
    if (port === 0) {
      lookUp(record)
      return
    }
    const { now } = changeOf(record)
    if (now === null) rows.delete(record.key)
    else rows.set(record.key, now)
  }
}
