/** Where records change partition: the operators that write to an internal topic and go on behind it. */
import { inputsOf } from './assert-plans.js'
import type { LogicalNode, LogicalPlan, NodeId } from './logical-plan.js'

type Nodes = Pick<LogicalPlan, 'nodes'>

export function isExchange(plan: Nodes, node: LogicalNode): boolean {
  if (node.kind === 'group-by-key') return keyMayHaveChanged(plan, node.input)
  return node.kind === 'repartition' || node.kind === 'group-by'
}

/** Whether records that come out of a node may stand in a partition that is not that of their key. */
function keyMayHaveChanged(plan: Nodes, id: NodeId): boolean {
  const node = plan.nodes[id]
  if (node === undefined) throw new RangeError(`there is no node ${id}`)
  switch (node.kind) {
    case 'map-record':
    case 'select-key':
      return true
    case 'repartition':
    case 'to-stream':
      return false
    default:
      return inputsOf(node).some((input) => keyMayHaveChanged(plan, input))
  }
}

/** The node whose serdes a group's key has, and the window that it is cut into, of an aggregate. */
export function groupOf(
  plan: Nodes,
  input: NodeId,
): { readonly group: LogicalNode; readonly window: LogicalNode | undefined } {
  const node = plan.nodes[input]
  if (node === undefined) throw new RangeError(`there is no node ${input}`)
  if (node.kind !== 'window') return { group: node, window: undefined }
  return { group: groupOf(plan, node.input).group, window: node }
}
