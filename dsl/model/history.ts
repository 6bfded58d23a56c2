import type { GraphNode } from './graph.js'

/**
 * How far back the versions of a table are kept, in ms; undefined: only the newest value of a key is. A filter or a map
 * with a store of its own keeps the newest only, whatever it is of.
 */
export function historyOf(nodeOf: (id: number) => GraphNode, table: number): number | undefined {
  const node = nodeOf(table)
  if (node.kind === 'table-source') return node.history
  const passesVersions = (node.kind === 'table-filter' || node.kind === 'table-map') && node.name === undefined
  return passesVersions ? historyOf(nodeOf, node.input) : undefined
}
