/** Where records change partition on their way: the nodes whose children stand behind an internal topic. */
import { inputsOf, type GraphNode, type PipelineGraph } from '../../dsl/model/graph.js'

export function isExchange(graph: PipelineGraph, node: GraphNode): boolean {
  switch (node.kind) {
    case 'repartition':
    case 'group-by':
    case 'group-table':
      return true
    case 'group-by-key':
    case 'to-table':
      return keyMayHaveChanged(graph, node.input)
    case 'stream-table-join':
      return keyMayHaveChanged(graph, node.left)
    default:
      return false
  }
}

/** Whether records that come out of a node may stand in a partition that is not that of their key. */
function keyMayHaveChanged(graph: PipelineGraph, id: number): boolean {
  const node = graph.nodes[id]
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
    case 'global-table-join':
      return keyMayHaveChanged(graph, node.left)
    default:
      return inputsOf(node).some((input) => keyMayHaveChanged(graph, input))
  }
}
