import { callFunction } from '../call-lambda.js'
import { Change, changeOf } from '../change.js'
import { KeyedMap } from '../state/keyed-map.js'
import { isVersioned } from '../tables.js'
import { ownRows } from './own-rows.js'
import type { OperatorInterpreter } from './operator.js'

interface TimedRow {
  readonly value: unknown
  readonly timestamp: number
}

/**
 * Each change of one side meets the row of the other. While that row is there every deletion goes on, also a repeated
 * one; without it, changes of a side that the result does not keep alone go nowhere.
 */
export const tableJoin: OperatorInterpreter<'table-join'> = (node, context) => {
  const { forward, journal, graph } = context
  const stored = ownRows(node, context)
  const ignoresHistory = [isVersioned(graph, node.left), isVersioned(graph, node.right)]
  const sides = [new KeyedMap<TimedRow>(journal), new KeyedMap<TimedRow>(journal)] as const
  const keptAlone = [node.join !== 'inner', node.join === 'outer'] as const
  const joined = (left: unknown, right: unknown): unknown => {
    if ((left === null && !keptAlone[1]) || (right === null && !keptAlone[0])) return null
    if (left === null && right === null) return null
    return callFunction(node.id, node.joiner, left ?? undefined, right ?? undefined) ?? null
  }
  return (record, port) => {
    const { key, timestamp } = record
    const { now, before, isLatest, rowTime = timestamp } = changeOf(record)
    if (!isLatest && ignoresHistory[port] === true) return
    const [own, others] = port === 0 ? sides : ([sides[1], sides[0]] as const)
    if (now === null) own.delete(key)
    else own.set(key, { value: now, timestamp: rowTime })
    const other = others.get(key)
    if (other === undefined && (!keptAlone[port === 0 ? 0 : 1] || (now === null && before === null))) return
    const partner = other?.value ?? null
    const result = (value: unknown): unknown => (port === 0 ? joined(value, partner) : joined(partner, value))
    const latest = Math.max(timestamp, other?.timestamp ?? timestamp)
    const value = result(now)
    stored?.(key, value)
    // Without a store, the row has the time of those that it comes of: the one that was deleted is none of them.
    const timeOfRow = Math.max(now === null ? 0 : rowTime, other?.timestamp ?? 0)
    const change = new Change(value, result(before), true, stored === undefined ? timeOfRow : undefined)
    forward({ ...record, value: change, timestamp: latest })
  }
}
