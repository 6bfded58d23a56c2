/** What an aggregate is of, and what comes too late for it: groups, their windows, a cogroup. */
import type { LogicalNode, LogicalNodeOf, LogicalWindow } from './logical-plan.js'

export function windowOf(
  nodes: readonly LogicalNode[],
  node: LogicalNodeOf<'aggregate' | 'late'>,
): LogicalWindow | undefined {
  const input = nodes[node.input]
  return input?.kind === 'window' ? input.window : undefined
}

/** How long after its end a window is still open, ms of stream time. */
export function closingDelay(window: LogicalWindow): number {
  return window.grace + (window.kind === 'session' ? window.gap : 0)
}

export function cogroupOf(
  nodes: readonly LogicalNode[],
  node: LogicalNodeOf<'aggregate'>,
): LogicalNodeOf<'cogroup'> | undefined {
  const input = nodes[node.input]
  const grouped = input?.kind === 'window' ? nodes[input.input] : input
  return grouped?.kind === 'cogroup' ? grouped : undefined
}

/** How many streams an aggregate is of. */
export function inputCount(nodes: readonly LogicalNode[], node: LogicalNodeOf<'aggregate'>): number {
  return cogroupOf(nodes, node)?.inputs.length ?? 1
}
