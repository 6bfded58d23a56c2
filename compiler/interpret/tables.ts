/**
 * Which tables of Kafka Streams' plan have a store, and so know what a row was before. It shows in one place: whether a
 * filter gives tombstones for keys that never passed.
 */
import { inputsOf, type GraphNode, type PipelineGraph } from '../../dsl/model/graph.js'
import { historyOf as historyOfNode } from '../../dsl/model/history.js'

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

/** How far back the versions of a table are kept, in ms; undefined: they are not. */
export function historyOf(graph: PipelineGraph, table: number): number | undefined {
  return historyOfNode((id) => nodeOf(graph, id), table)
}

export function isVersioned(graph: PipelineGraph, table: number): boolean {
  return historyOf(graph, table) !== undefined
}

function nodeOf(graph: PipelineGraph, id: number): Node {
  const node = graph.nodes[id]
  if (node === undefined) throw new RangeError(`there is no node ${id}`)
  return node
}
