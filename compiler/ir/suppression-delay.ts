import type { LogicalNode, LogicalNodeOf } from './logical-plan.js'
import { windowedAggregateOf } from './rows.js'
import { closingDelay, windowOf } from './window-of.js'

/** How long changes are held back after their time, or after the end of their window; ms of stream time. */
export function suppressionDelay(nodes: readonly LogicalNode[], node: LogicalNodeOf<'suppress'>): number {
  if (node.until !== 'window-closes') return node.until
  const aggregate = windowedAggregateOf(nodes, node.input)
  const window = aggregate && windowOf(nodes, aggregate)
  if (window === undefined) throw new TypeError('a table without windows cannot wait for their end')
  return closingDelay(window)
}
