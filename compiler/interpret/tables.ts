/** What the interpreter has to know of tables before records come. */
import { inputsOf, type GraphNode, type PipelineGraph } from '../../dsl/model/graph.js'
import { historyOf as historyOfNode } from '../../dsl/model/history.js'
import { silentFilters } from '../ir/silent-filters.js'

type Node = GraphNode

/** Whether a filter says nothing of rows that never passed, as Kafka Streams has it. */
export function staysSilent(graph: PipelineGraph, filter: Extract<Node, { readonly kind: 'table-filter' }>): boolean {
  if (isVersioned(graph, filter.input)) return false
  const operators = graph.nodes.map((node) => ({
    id: node.id,
    kind: node.kind,
    inputs: inputsOf(node),
    isNamed: node.name !== undefined,
    join: 'join' in node ? node.join : undefined,
  }))
  return silentFilters(operators).has(filter.id)
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
