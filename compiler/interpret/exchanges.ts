/** Where records change partition on their way: the internal topics of a node, behind which it goes on. */
import { shareExchanges, type SharedExchanges } from '../ir/shared-exchanges.js'
import { inputsOf, type GraphNode, type PipelineGraph } from '../../dsl/model/graph.js'

/** What a node's internal topic is for; it is also how the topic's name ends. */
export type ExchangeRole =
  'repartition' | 'left-repartition' | 'right-repartition' | 'subscription-registration' | 'subscription-response'

export function exchangesOf(graph: PipelineGraph, node: GraphNode): readonly ExchangeRole[] {
  switch (node.kind) {
    case 'repartition':
    case 'group-by':
    case 'group-table':
      return ['repartition']
    case 'group-by-key':
    case 'to-table':
    case 'dedupe':
      return keyMayHaveChanged(graph, node.input) ? ['repartition'] : []
    case 'process':
      return node.gathers && keyMayHaveChanged(graph, node.input) ? ['repartition'] : []
    case 'stream-table-join':
      return keyMayHaveChanged(graph, node.left) ? ['repartition'] : []
    case 'stream-join':
      return [
        ...(keyMayHaveChanged(graph, node.left) ? (['left-repartition'] as const) : []),
        ...(keyMayHaveChanged(graph, node.right) ? (['right-repartition'] as const) : []),
      ]
    case 'foreign-key-join':
      return ['subscription-registration', 'subscription-response']
    default:
      return []
  }
}

/** Which operators read what another one repartitions; see the compiler's `shareExchanges`. */
export function sharedExchanges(graph: PipelineGraph): SharedExchanges['writers'] {
  const nodes = graph.nodes.map((node) => ({
    id: node.id,
    kind: node.kind,
    inputs: inputsOf(node),
    topic: 'topic' in node ? node.topic.name : undefined,
    exchanges: exchangesOf(graph, node),
  }))
  return shareExchanges(nodes).writers
}

/** Whether records that come out of a node may stand in a partition that is not that of their key. */
function keyMayHaveChanged(graph: PipelineGraph, id: number): boolean {
  const node = graph.nodes[id]
  if (node === undefined) throw new RangeError(`there is no node ${id}`)
  switch (node.kind) {
    case 'map-record':
    case 'select-key':
      return true
    case 'process':
      return !node.keepsKey || (!node.gathers && keyMayHaveChanged(graph, node.input))
    case 'dedupe':
      return false
    case 'repartition':
    case 'to-stream':
    case 'to-table':
    case 'stream-table-join':
    case 'stream-join':
      return false
    case 'global-table-join':
      return keyMayHaveChanged(graph, node.left)
    default:
      return inputsOf(node).some((input) => keyMayHaveChanged(graph, input))
  }
}
