/** Rows of a filter, a map or a join of tables that has a name: it can be read by it, as a store of its own. */
import { Change } from '../change.js'
import { KeyedMap } from '../state/keyed-map.js'
import type { NodeOf, OperatorContext } from './operator.js'

/** Puts the row that is there now; gives what was there before. */
export type OwnRows = (key: unknown, now: unknown) => unknown

/** undefined: there is no store. */
export function ownRows(
  node: NodeOf<'table-filter' | 'table-map' | 'table-join'>,
  { journal, expose }: OperatorContext,
): OwnRows | undefined {
  if (node.name === undefined) return undefined
  const rows = new KeyedMap(journal)
  expose(() => rows.rows())
  return (key, now) => {
    const before = rows.get(key) ?? null
    if (now === null) rows.delete(key)
    else rows.set(key, now)
    return before
  }
}

/**
 * The change of a filter or a map. With a store, it tells what the store had, whatever the table before it tells, and what
 * comes last is the newest row, whatever its time; without one, what comes of the row that was there before.
 */
export function changeOfRow(
  stored: OwnRows | undefined,
  key: unknown,
  change: Change,
  of: (row: unknown) => unknown,
): Change {
  const now = of(change.now)
  return stored === undefined
    ? new Change(now, of(change.before), change.isLatest, change.rowTime)
    : new Change(now, stored(key, now))
}
