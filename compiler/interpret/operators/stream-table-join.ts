import { callFunction } from '../call-lambda.js'
import { changeOf } from '../change.js'
import { attributed } from '../operator-failure.js'
import { recordContext } from '../record-context.js'
import type { FlowRecord } from '../record.js'
import { KeyedMap } from '../state/keyed-map.js'
import { VersionedRows } from '../state/versioned-rows.js'
import { historyOf } from '../tables.js'
import type { NodeOf, OperatorContext, OperatorInterpreter, Receiver } from './operator.js'
import { delayed } from './delayed.js'

/**
 * The row of the key as it is now, whatever its timestamp; of a versioned table as it was at the time of the record. A
 * left join keeps records without a key.
 */
export const streamTableJoin: OperatorInterpreter<'stream-table-join'> = (node, context) => {
  const history = historyOf(context.graph, node.right)
  const keyOf = (record: FlowRecord): unknown => record.key
  if (history === undefined) return joinWithRows(node, context, keyOf)
  const rows = new VersionedRows(history, context.journal)
  const join = joiner(node, context, keyOf, (key, { timestamp, origin }) => rows.asOf(origin.partition, key, timestamp))
  // An inner join has no use for records without a key; Kafka Streams' buffer refuses those of a left join.
  const keyless = (): void => {
    if (node.join === 'inner') return
    attributed(node.id, () => {
      throw new TypeError('a record without a key cannot wait for versions of a table')
    })
  }
  const { journal, keyOrder } = context
  const joinInTime = node.grace === undefined ? join : delayed(node.grace, journal, keyOrder, join, keyless)
  return (record, port) => {
    const { key, timestamp, origin } = record
    if (port === 0) joinInTime(record)
    else rows.put(origin.partition, key, { timestamp, value: changeOf(record).now })
  }
}

/** `keyOf` sees null values too. */
export function joinWithRows(
  node: NodeOf<'stream-table-join' | 'global-table-join'>,
  context: OperatorContext,
  keyOf: (record: FlowRecord) => unknown,
): Receiver {
  const rows = new KeyedMap(context.journal)
  const join = joiner(node, context, keyOf, (key) => rows.get(key) ?? null)
  return (record, port) => {
    if (port === 0) {
      join(record)
      return
    }
    const { now } = changeOf(record)
    if (now === null) rows.delete(record.key)
    else rows.set(record.key, now)
  }
}

function joiner(
  node: NodeOf<'stream-table-join' | 'global-table-join'>,
  { forward }: OperatorContext,
  keyOf: (record: FlowRecord) => unknown,
  rowOf: (key: unknown, record: FlowRecord) => unknown,
): (record: FlowRecord) => void {
  return (record) => {
    const key = keyOf(record)
    if (record.value === null || record.value === undefined) return
    const row = key === null || key === undefined ? null : rowOf(key, record)
    if (row === null && node.join === 'inner') return
    const value = callFunction(node.id, node.joiner, record.value, row ?? undefined, recordContext(record))
    forward({ ...record, value })
  }
}
