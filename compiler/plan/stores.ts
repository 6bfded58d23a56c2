/** The stores that an operator keeps its state in. */
import type { LogicalNode, LogicalNodeOf } from '../ir/logical-plan.js'
import type { ResolvedPlan } from '../ir/resolved-plan.js'
import { storeName } from '../ir/store-name.js'
import type { TopologyStore } from '../ir/topology.js'
import { timesOf, windowOf } from '../ir/window-of.js'

/**
 * Compact only: Kafka Streams' `compact,delete` loses rows of historic event time within seconds. Tombstones stay for 7
 * days: a snapshot is not used when it is older than half of that.
 */
const changelogConfig = { 'cleanup.policy': 'compact', 'delete.retention.ms': String(7 * 24 * 3_600_000) }

export function storesOf(plan: ResolvedPlan, node: LogicalNode, subTopology: number): readonly TopologyStore[] {
  // Every process reads the topic itself.
  if (node.kind === 'global-table') return []
  if (node.kind === 'aggregate') return aggregateStores(plan, node, subTopology)
  return (plan.states.get(node.id) ?? []).map(({ port, serdes }) =>
    keyed(plan, { node: node.id, subTopology, name: storeName(node, port), columns: 0, serdes }),
  )
}

function aggregateStores(
  plan: ResolvedPlan,
  node: LogicalNodeOf<'aggregate'>,
  subTopology: number,
): readonly TopologyStore[] {
  const name = storeName(node, 0)
  const columns = node.aggregation.kind === 'count' ? 1 : 0
  const serdes = plan.states.get(node.id)?.[0]?.serdes
  const rows = keyed(plan, { node: node.id, subTopology, name, columns, serdes })
  const window = windowOf(plan.nodes, node)
  if (window === undefined) return [rows]
  // Stream time is committed as state is: a restart neither reopens windows nor repeats final results.
  const time = keyed(plan, { node: node.id, subTopology, name: timesOf(name), columns: 2, serdes: undefined })
  return [{ ...rows, kind: 'window', bucketMs: window.advance }, time]
}

function keyed(
  plan: ResolvedPlan,
  store: Pick<TopologyStore, 'node' | 'subTopology' | 'name' | 'columns' | 'serdes'>,
): TopologyStore {
  const changelog = { topic: `${plan.applicationId}-${store.name}-changelog`, config: changelogConfig }
  return { ...store, kind: 'key-value', bucketMs: 1, ranges: false, changelog }
}
