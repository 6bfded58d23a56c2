/** What the pipeline itself says of partitions must fit together; what the topics really have is seen at the start. */
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { notCoPartitioned } from '../diagnostics/topology.js'
import type { ResolvedPlan } from '../ir/resolved-plan.js'
import type { Topology } from '../ir/topology.js'

export function checkCoPartitioning(plan: ResolvedPlan, topology: Topology): readonly Diagnostic[] {
  return topology.coPartitioned.flatMap(({ node, operator, topics }) => {
    const declared = topology.internalTopics.filter(
      ({ topic, partitions }) => partitions !== undefined && topics.includes(topic),
    )
    const counts = new Set(declared.map(({ partitions }) => partitions))
    if (counts.size < 2) return []
    const list = declared.map(({ topic, partitions }) => `${topic} is given ${partitions} partitions`)
    return [notCoPartitioned(operator, list, plan.nodes[node]?.span)]
  })
}
