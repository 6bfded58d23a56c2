/** What stores are called: by their operator, and of joins that keep rows themselves, by the side. */
import { LIFETIME_PORT, lifetimeOf } from './lifetime.js'
import type { LogicalNode } from './logical-plan.js'
import type { RowsPort } from './resolved-plan.js'

export function storeName(node: LogicalNode, port: RowsPort): string {
  const name = node.name ?? node.label
  if (port === LIFETIME_PORT && lifetimeOf(node) !== undefined) return `${name}-lifetimes`
  switch (node.kind) {
    case 'stream-join':
    case 'stream-table-join':
    case 'table-join':
      return `${name}-${port === 0 ? 'left' : 'right'}`
    case 'foreign-key-join':
      return `${name}${['-left', '-right', '', '-subscriptions'][port] ?? ''}`
    case 'process':
      return port === 0 ? name : `${name}-${node.stores[port - 1]?.name ?? ''}`
    case 'suppress':
      return port === 2 ? `${name}-emitted` : name
    default:
      return name
  }
}

/** The store of an operator's stream time. */
export function timesOf(store: string): string {
  return `${store}-time`
}

/** Of a processor: its timers that go by this clock. */
export function timersOf(processor: string, clock: 'stream' | 'wall'): string {
  return clock === 'stream' ? `${processor}-timers` : `${processor}-wall-timers`
}

/** Of a join: the records that wait for a partner. */
export function waitingOf(join: string): string {
  return `${join}-waiting`
}
