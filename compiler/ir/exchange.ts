/** Where records change partition on their way: behind such a node they come back from an internal topic. */
import { inputsOf } from './inputs-of.js'
import type { LogicalNode, NodeId } from './logical-plan.js'

export function isExchange(nodes: readonly LogicalNode[], node: LogicalNode): boolean {
  switch (node.kind) {
    case 'repartition':
    case 'group-by':
      return true
    case 'group-by-key':
      return keyMayHaveChanged(nodes, node.input)
    default:
      return false
  }
}

/** Its topics are part of the topology: it stays, whatever becomes of its records. */
export function isPinned(nodes: readonly LogicalNode[], node: LogicalNode): boolean {
  return node.kind === 'source' || node.kind === 'aggregate' || isExchange(nodes, node)
}

/** Whether records that come out of a node may stand in a partition that is not that of their key. */
function keyMayHaveChanged(nodes: readonly LogicalNode[], id: NodeId): boolean {
  const node = nodes[id]
  if (node === undefined) throw new RangeError(`there is no node ${id}`)
  switch (node.kind) {
    case 'map-record':
    case 'select-key':
      return true
    case 'repartition':
    case 'to-stream':
      return false
    default:
      return inputsOf(node).some((input) => keyMayHaveChanged(nodes, input))
  }
}
