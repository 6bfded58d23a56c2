/** The windows of an aggregate. */
import type { LogicalNode, LogicalNodeOf, LogicalWindow } from './logical-plan.js'

export function windowOf(nodes: readonly LogicalNode[], node: LogicalNodeOf<'aggregate'>): LogicalWindow | undefined {
  const input = nodes[node.input]
  return input?.kind === 'window' ? input.window : undefined
}
