/** Rows with a time to live. */
import type { LogicalNode } from './logical-plan.js'
import type { RowsPort } from './resolved-plan.js'

/** Where an operator keeps when its keys were changed last. */
export const LIFETIME_PORT: RowsPort = 4

/** ms; undefined: rows of the operator live for ever. */
export function lifetimeOf(node: LogicalNode): number | undefined {
  return node.kind === 'aggregate' || node.kind === 'to-table' || node.kind === 'table-source' ? node.ttl : undefined
}
