/** The stores that operators keep, by sub-topology. */
import { groupOf } from '../ir/exchanges.js'
import type { LogicalNodeOf, NodeId } from '../ir/logical-plan.js'
import type { PhysicalOperator } from '../ir/physical-plan.js'
import type { ResolvedPlan } from '../ir/resolved-plan.js'
import type { SubTopology, TopologyStore } from '../ir/topology.js'

export function collectStores(
  resolved: ResolvedPlan,
  operators: ReadonlyMap<NodeId, PhysicalOperator>,
  subTopologies: readonly SubTopology[],
): readonly TopologyStore[] {
  return subTopologies.flatMap((sub) =>
    sub.operators.flatMap((id) => {
      const node = operators.get(id)?.node
      return node?.kind === 'aggregate' ? storesOf(resolved, sub.id, node) : []
    }),
  )
}

function storesOf(resolved: ResolvedPlan, subTopology: number, node: LogicalNodeOf<'aggregate'>): TopologyStore[] {
  const { group, window } = groupOf(resolved, node.input)
  const key = resolved.topics.get(group.id)?.key
  if (key === undefined) throw new Error(`group ${group.id} has no serdes`)
  const name = node.name ?? node.label
  const changelog = (store: string): string => `${resolved.applicationId}-${store}-changelog`
  const common = { subTopology, node: node.id, columns: 1 } as const
  if (window?.kind !== 'window') {
    return [{ ...common, name, role: 'rows', kind: 'key-value', bucketMs: 0, changelog: changelog(name), key }]
  }
  const times = `${name}-times`
  return [
    { ...common, name, role: 'rows', kind: 'window', bucketMs: window.window.advance, changelog: changelog(name), key },
    // Stream time is state: a restart must not open closed windows again.
    {
      ...common,
      name: times,
      role: 'times',
      kind: 'key-value',
      bucketMs: 0,
      changelog: changelog(times),
      key: { kind: 'string', nullable: false },
    },
  ]
}
