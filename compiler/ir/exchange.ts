/** Where records change partition on their way: behind such a node they come back from an internal topic. */
import { inputsOf } from './inputs-of.js'
import type { LogicalNode, NodeId } from './logical-plan.js'

export function isExchange(nodes: readonly LogicalNode[], node: LogicalNode): boolean {
  switch (node.kind) {
    case 'repartition':
    case 'group-by':
    case 'group-table':
      return true
    case 'group-by-key':
    case 'to-table':
      return keyMayHaveChanged(nodes, node.input)
    case 'stream-table-join':
      return keyMayHaveChanged(nodes, node.left)
    default:
      return false
  }
}

/** Whether records come to this input of an exchange from its internal topic, and not as they are. */
export function isExchanged(nodes: readonly LogicalNode[], node: LogicalNode, port: number): boolean {
  return port === 0 && isExchange(nodes, node)
}

/** What an exchange does with a record that has come back; the others only changed its partition. */
export function worksBehindExchange(node: LogicalNode): boolean {
  return node.kind === 'to-table' || node.kind === 'stream-table-join'
}

/** Its topics are part of the topology: it stays, whatever becomes of its records. */
export function isPinned(nodes: readonly LogicalNode[], node: LogicalNode): boolean {
  switch (node.kind) {
    case 'source':
    case 'table-source':
    case 'global-table':
    case 'to-table':
    case 'aggregate':
    case 'stream-table-join':
    case 'table-join':
      return true
    default:
      return isExchange(nodes, node)
  }
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
    case 'to-table':
    case 'stream-table-join':
      return false
    default:
      return inputsOf(node).some((input) => keyMayHaveChanged(nodes, input))
  }
}
