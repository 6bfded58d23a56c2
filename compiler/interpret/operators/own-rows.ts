/** Rows of a filter or a map of a table that has a store of its own. */
import { Change } from '../change.js'
import { KeyedMap } from '../state/keyed-map.js'
import { isVersioned } from '../tables.js'
import type { NodeOf, OperatorContext } from './operator.js'

/** Where the input has versions and the store has not, what comes last is the newest row, whatever its time. */
export function ownRows(
  node: NodeOf<'table-filter' | 'table-map'>,
  { graph, journal }: OperatorContext,
): (key: unknown, change: Change) => Change {
  if (node.name === undefined || !isVersioned(graph, node.input)) return (_, change) => change
  const rows = new KeyedMap(journal)
  return (key, { now }) => {
    const before = rows.get(key) ?? null
    if (now === null) rows.delete(key)
    else rows.set(key, now)
    return new Change(now, before)
  }
}
