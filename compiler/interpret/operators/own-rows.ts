/** Rows of a filter, a map or a join of tables that has a name: it can be read by it, as a store of its own. */
import { Change } from '../change.js'
import { KeyedMap } from '../state/keyed-map.js'
import { isVersioned } from '../tables.js'
import type { NodeOf, OperatorContext } from './operator.js'

/** Where an input has versions and the store has not, what comes last is the newest row, whatever its time. */
export function ownRows(
  node: NodeOf<'table-filter' | 'table-map' | 'table-join'>,
  { graph, journal, expose }: OperatorContext,
): (key: unknown, change: Change) => Change {
  if (node.name === undefined) return (_, change) => change
  const rows = new KeyedMap(journal)
  expose(() => rows.rows())
  const losesVersions = node.kind !== 'table-join' && isVersioned(graph, node.input)
  return (key, change) => {
    const before = rows.get(key) ?? null
    if (change.now === null) rows.delete(key)
    else rows.set(key, change.now)
    return losesVersions ? new Change(change.now, before) : change
  }
}
