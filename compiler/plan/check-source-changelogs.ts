/**
 * A source topic is the changelog of its table only where each of its records is the row: a record that fails behind the
 * table is given up under `skip` and `deadLetter`, and takes the row back with it, but stays in the topic.
 */
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { noSourceChangelog } from '../diagnostics/topology.js'
import type { LogicalNode, NodeId } from '../ir/logical-plan.js'
import type { ResolvedPlan } from '../ir/resolved-plan.js'
import type { SourceRestore, Topology } from '../ir/topology.js'

export function checkSourceChangelogs(plan: ResolvedPlan, topology: Topology): readonly Diagnostic[] {
  return topology.sourceRestores.flatMap((restore) => {
    const table = plan.nodes[restore.node]
    const lenient = behind(topology, restore).filter((node) => mayFail(node) && node.onError.kind !== 'fail')
    if (table === undefined || lenient.length === 0) return []
    return [
      noSourceChangelog(
        table.label,
        lenient.map(({ label }) => label),
        table.span,
      ),
    ]
  })
}

/** Operators that a record of the table reaches before it goes through a topic. */
function behind(topology: Topology, { node: table, store }: SourceRestore): readonly LogicalNode[] {
  const subTopology = topology.stores.find(({ name }) => name === store)?.subTopology ?? -1
  const here = new Set(topology.subTopologies[subTopology]?.operators)
  const found = new Map<NodeId, LogicalNode>()
  const visit = (id: NodeId): void => {
    for (const consumer of topology.operators.get(id)?.consumers ?? []) {
      const node = topology.operators.get(consumer)?.node
      if (node === undefined || found.has(consumer) || !here.has(consumer)) continue
      found.set(consumer, node)
      visit(consumer)
    }
  }
  visit(table)
  return [...found.values()]
}

/** Whether it calls code of the author, or writes. */
function mayFail(node: LogicalNode): boolean {
  switch (node.kind) {
    case 'to-stream':
    case 'merge':
    case 'branch':
    case 'window':
    case 'process-output':
      return false
    default:
      return true
  }
}
