/** What is decoded of the rows that an operator keeps: where only joiners of streams look at them, what those read. */
import { none, unite, whole, type Demand, type PlanDemand } from '../ir/demand.js'
import { inputsOf } from '../ir/inputs-of.js'
import type { LogicalNode, NodeId } from '../ir/logical-plan.js'
import type { RowsPort } from '../ir/resolved-plan.js'

export function rowDemand(
  nodes: readonly LogicalNode[],
  { rightSides }: PlanDemand,
  id: NodeId,
  port: RowsPort,
): Demand {
  const node = nodes[id]
  const readers =
    node?.kind === 'stream-table-join' && port === 1 ? [node] : nodes.filter((other) => inputsOf(other).includes(id))
  const demands = readers.map((reader): Demand => {
    const isLookedUp = reader.kind === 'stream-table-join' || reader.kind === 'global-table-join'
    if (!isLookedUp || (reader !== node && (reader.right !== id || reader.left === id))) return whole
    return rightSides.get(reader.joiner) ?? whole
  })
  const all = demands.reduce(unite, none)
  // A row that is there has to be something, even where nobody looks into it.
  return node?.kind !== 'to-table' && all.kind === 'fields' ? all : whole
}
