import { Change } from '../change.js'
import { KeyedMap } from '../state/keyed-map.js'
import type { OperatorContext, OperatorInterpreter, Receiver } from './operator.js'

export const tableSource: OperatorInterpreter<'table-source'> = (node, context) => {
  if (node.history !== undefined) throw new Error('versioned tables are not interpreted yet')
  return newestRows(context)
}

/**
 * The newest value of each key. Every update goes on, equal ones and repeated tombstones too, whatever its timestamp;
 * records without a key are dropped.
 */
export function newestRows({ forward, journal, expose }: OperatorContext): Receiver {
  const rows = new KeyedMap(journal)
  expose(() => rows.rows())
  return (record) => {
    const { key } = record
    if (key === null || key === undefined) return
    const now = record.value ?? null
    const before = rows.get(key) ?? null
    if (now === null) rows.delete(key)
    else rows.set(key, now)
    forward({ ...record, value: new Change(now, before) })
  }
}
