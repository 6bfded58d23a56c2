import { positiveMilliseconds } from './duration.js'
import type { Arguments } from './model/arguments.js'
import type { GraphNode } from './model/graph.js'

/** ms; undefined: rows live for ever. */
export function lifetime(options: Readonly<Record<string, unknown>>, args: Arguments): number | undefined {
  const { ttl } = options
  return ttl === undefined ? undefined : positiveMilliseconds(ttl, '`ttl`', args)
}

/** Rows of windows and of tables that are grouped come and go with what they are of. */
export function lifetimeOfGroups(
  groups: GraphNode,
  options: Readonly<Record<string, unknown>>,
  args: Arguments,
): number | undefined {
  const ttl = lifetime(options, args)
  if (ttl === undefined || (groups.kind !== 'window' && groups.kind !== 'group-table')) return ttl
  const what = groups.kind === 'window' ? 'windows' : 'groups of a table'
  throw args.wrong(`aggregates of ${what} have no \`ttl\``, 'their rows go when what they are of does')
}
