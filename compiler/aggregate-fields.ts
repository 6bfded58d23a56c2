/** How results of declared aggregates come of what their rows hold, for those who read stores. */
import type { ManifestAggregateField } from '../runtime/abi/manifest.js'
import { accumulatorOf, type Slot } from './ir/accumulator.js'
import type { LogicalAggregator } from './ir/logical-plan.js'
import type { ResolvedPlan } from './ir/resolved-plan.js'
import { storeName } from './ir/store-name.js'
import type { TopologyStore } from './ir/topology.js'

/** undefined: rows of the store are results as they are. */
export function aggregateFields(
  plan: ResolvedPlan,
  store: TopologyStore,
): readonly ManifestAggregateField[] | undefined {
  const node = plan.nodes[store.node]
  if (node?.kind !== 'aggregate' || node.aggregation.kind !== 'declared') return undefined
  if (store.name !== storeName(node, 0)) return undefined
  const { parts, record } = accumulatorOf(plan, node)
  const placeOf = (slot: Slot): number =>
    (record?.fields ?? []).findIndex((f) => 'name' in slot && f.name === slot.name)
  return node.aggregation.fields.map(({ name, aggregator }, index) => ({
    name,
    result: resultOf(aggregator),
    slots: (parts[index] ?? []).map((slot) =>
      slot.kind === 'column' ? { column: slot.column } : { field: placeOf(slot) },
    ),
  }))
}

function resultOf(aggregator: LogicalAggregator): ManifestAggregateField['result'] {
  switch (aggregator.kind) {
    case 'avg':
      return 'quotient'
    case 'countDistinct':
      return 'length'
    case 'custom':
      return aggregator.result === undefined ? 'first' : 'function'
    default:
      return 'first'
  }
}
