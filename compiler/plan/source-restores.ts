/**
 * Tables whose source topic is their changelog (Kafka Streams' `reuse.ktable.source.topics`): nothing is written for them,
 * and a sub-topology of its own makes rows of the records again, as the task has made them.
 */
import { nodeAt } from '../ir/exchange.js'
import type { ResolvedPlan } from '../ir/resolved-plan.js'
import type { SourceRestore, SubTopology, Topology, TopologyStore } from '../ir/topology.js'

export function restoredFromSources(
  resolved: ResolvedPlan,
  subTopologies: readonly SubTopology[],
  stores: readonly TopologyStore[],
): Pick<Topology, 'stores' | 'sourceRestores'> {
  const sourceRestores: SourceRestore[] = []
  const restored = stores.map((store): TopologyStore => {
    const node = resolved.nodes[store.node]
    if (node?.kind !== 'table-source' || node.restoredFrom !== 'source') return store
    const input = subTopologies[store.subTopology]?.inputs.find(({ places }) =>
      places.some((at) => nodeAt(at) === node.id),
    )
    if (input === undefined) throw new Error(`${node.label} reads no topic`)
    const id = subTopologies.length + sourceRestores.length
    const reads = { inputs: [input], operators: [node.id], outputs: [], awaited: [] }
    sourceRestores.push({ id, ...reads, node: node.id, store: store.name })
    return { ...store, changelog: { topic: input.topic, config: {}, restoredBy: id } }
  })
  return { stores: restored, sourceRestores }
}
