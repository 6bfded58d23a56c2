/** The stores that an operator keeps its state in. */
import type { LogicalNode } from '../ir/logical-plan.js'
import type { ResolvedPlan } from '../ir/resolved-plan.js'
import type { TopologyStore } from '../ir/topology.js'
import { timesOf, windowOf } from '../ir/window-of.js'

/**
 * Compact only: Kafka Streams' `compact,delete` loses rows of historic event time within seconds. Tombstones stay for 7
 * days: a snapshot is not used when it is older than half of that.
 */
const changelogConfig = { 'cleanup.policy': 'compact', 'delete.retention.ms': String(7 * 24 * 3_600_000) }

export function storesOf(plan: ResolvedPlan, node: LogicalNode, subTopology: number): readonly TopologyStore[] {
  if (node.kind !== 'aggregate') return []
  const name = node.name ?? node.label
  const window = windowOf(plan.nodes, node)
  const common = { subTopology, node: node.id, ranges: false } as const
  const changelog = (store: string): TopologyStore['changelog'] => ({
    topic: `${plan.applicationId}-${store}-changelog`,
    config: changelogConfig,
  })
  const rows = { ...common, name, columns: node.aggregation.kind === 'count' ? 1 : 0, changelog: changelog(name) }
  if (window === undefined) return [{ ...rows, kind: 'key-value', bucketMs: 1 }]
  const times = timesOf(name)
  // Stream time is committed as state is: a restart neither reopens windows nor repeats final results.
  const time: TopologyStore = {
    ...common,
    name: times,
    kind: 'key-value',
    columns: 2,
    bucketMs: 1,
    changelog: changelog(times),
  }
  return [{ ...rows, kind: 'window', bucketMs: window.advance }, time]
}
