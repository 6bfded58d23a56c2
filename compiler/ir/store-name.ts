/** What stores are called: by their operator, and of joins that keep rows themselves, by the side. */
import type { LogicalNode } from './logical-plan.js'

export function storeName(node: LogicalNode, port: 0 | 1): string {
  const name = node.name ?? node.label
  if (node.kind !== 'stream-table-join' && node.kind !== 'table-join') return name
  return `${name}-${port === 0 ? 'left' : 'right'}`
}
