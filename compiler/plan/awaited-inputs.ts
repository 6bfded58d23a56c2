/** Inputs that carry the tables of joins which wait for them: at start they are read to their ends before the others. */
import { nodeAt } from '../ir/exchange.js'
import { inputsOf } from '../ir/inputs-of.js'
import type { LogicalNode, NodeId } from '../ir/logical-plan.js'
import type { TopologyInput } from '../ir/topology.js'

export function awaitedInputs(
  nodes: readonly LogicalNode[],
  inputs: readonly TopologyInput[],
  operators: readonly NodeId[],
): readonly number[] {
  const awaited = new Set<number>()
  const visit = (id: NodeId): void => {
    const input = inputs.findIndex((candidate) => candidate.places.some((place) => nodeAt(place) === id))
    if (input >= 0) awaited.add(input)
    else for (const before of nodes[id] === undefined ? [] : inputsOf(nodes[id])) visit(before)
  }
  for (const id of operators) {
    const node = nodes[id]
    if (node?.kind === 'stream-table-join' && node.waitForTable) visit(node.right)
  }
  // With one input, or all of them, there is nothing to hold.
  return awaited.size === inputs.length ? [] : [...awaited].sort((a, b) => a - b)
}
