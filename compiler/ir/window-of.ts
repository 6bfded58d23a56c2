/** The windows of an aggregate, and what its stores are called. */
import type { LogicalNode, LogicalNodeOf, LogicalWindow } from './logical-plan.js'

export function windowOf(nodes: readonly LogicalNode[], node: LogicalNodeOf<'aggregate'>): LogicalWindow | undefined {
  const input = nodes[node.input]
  return input?.kind === 'window' ? input.window : undefined
}

/** The store of an operator's stream time. */
export function timesOf(store: string): string {
  return `${store}-time`
}
