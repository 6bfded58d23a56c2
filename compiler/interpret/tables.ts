/**
 * Which tables of Kafka Streams' plan have a store, and so know what a row was before. It shows in one place: whether a
 * filter gives tombstones for keys that never passed.
 */
import { inputsOf, type GraphNode, type PipelineGraph } from '../../dsl/model/graph.js'

type Node = GraphNode

export function knowsOldRows(graph: PipelineGraph, filter: Extract<Node, { readonly kind: 'table-filter' }>): boolean {
  if (isVersioned(graph, filter.input)) return false
  if (hasStore(graph, filter.input, filter.id)) return true
  return demandsOf(graph, filter.id).some(({ kind }) => kind !== 'stream-table-join')
}

/** Whether the table has a store when node `at` is declared. */
function hasStore(graph: PipelineGraph, id: number, at: number): boolean {
  const node = nodeOf(graph, id)
  switch (node.kind) {
    case 'table-filter':
    case 'table-map':
      return node.name !== undefined || hasStore(graph, node.input, at)
    case 'table-source':
    case 'to-table':
    case 'foreign-key-join':
      return node.name !== undefined || demandsOf(graph, id).some((demand) => demand.id < at)
    default:
      return true
  }
}

/** What is declared on a table, or on what is computed from it without a store, and needs its rows. */
function demandsOf(graph: PipelineGraph, id: number): Node[] {
  return graph.nodes.flatMap((node) => {
    if (!inputsOf(node).includes(id)) return []
    switch (node.kind) {
      case 'group-table':
      case 'suppress':
      case 'table-join':
      case 'foreign-key-join':
      case 'stream-table-join':
        return [node]
      case 'table-filter':
      case 'table-map':
        return node.name === undefined ? demandsOf(graph, node.id) : []
      default:
        return []
    }
  })
}

/** Whether the rows of a table have versions; a filter or a map with a store of its own keeps the newest only. */
export function isVersioned(graph: PipelineGraph, id: number): boolean {
  return historyOf(graph, id) !== undefined
}

/** How far back its versions are kept, in ms. */
export function historyOf(graph: PipelineGraph, id: number): number | undefined {
  const node = nodeOf(graph, id)
  if (node.kind === 'table-source') return node.history
  const passesVersions = (node.kind === 'table-filter' || node.kind === 'table-map') && node.name === undefined
  return passesVersions ? historyOf(graph, node.input) : undefined
}

function nodeOf(graph: PipelineGraph, id: number): Node {
  const node = graph.nodes[id]
  if (node === undefined) throw new RangeError(`there is no node ${id}`)
  return node
}
