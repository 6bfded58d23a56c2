import { Change } from '../change.js'
import { KeyedMap } from '../state/keyed-map.js'
import { Lifetimes } from '../state/lifetimes.js'
import { VersionedRows } from '../state/versioned-rows.js'
import type { OperatorContext, OperatorInterpreter, Receiver } from './operator.js'

export const tableSource: OperatorInterpreter<'table-source'> = (node, context) =>
  node.history === undefined ? newestRows(context, node.ttl) : versions(node.history, context)

/** A version that comes late goes on as history; one from before what is kept does not. */
function versions(history: number, { forward, journal }: OperatorContext): Receiver {
  const rows = new VersionedRows(history, journal)
  return (record) => {
    const { key, timestamp } = record
    if (key === null || key === undefined) return
    const value = record.value ?? null
    const before = rows.latest(key)
    const place = rows.put(record.origin.partition, key, { timestamp, value })
    if (place !== 'expired') forward({ ...record, value: new Change(value, before, place === 'latest') })
  }
}

/**
 * The newest value of each key. Every update goes on, equal ones and repeated tombstones too, whatever its timestamp;
 * records without a key are dropped.
 */
export function newestRows({ forward, journal, expose }: OperatorContext, ttl?: number): Receiver {
  const rows = new KeyedMap(journal)
  const lifetimes = new Lifetimes(ttl, journal)
  const forget = (key: unknown): unknown => {
    const before = rows.get(key) ?? null
    rows.delete(key)
    return before
  }
  expose(() => rows.rows())
  return (record) => {
    const { key } = record
    if (key === null || key === undefined) return
    lifetimes.expire(record, forget, forward)
    lifetimes.touch(record)
    const now = record.value ?? null
    const before = rows.get(key) ?? null
    if (now === null) rows.delete(key)
    else rows.set(key, now)
    forward({ ...record, value: new Change(now, before) })
  }
}
