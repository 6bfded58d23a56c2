/** Which nodes run in one task: those that records reach from one another without an internal topic in between. */
import { inputsOf, type GraphNode, type PipelineGraph } from '../../dsl/model/graph.js'
import { nodeAt } from '../ir/exchange.js'
import { exchangesOf, type sharedExchanges, type ExchangeRole } from './exchanges.js'

/** Of a node's output; a foreign-key join has its right side somewhere else. */
export class TaskGroups {
  readonly #parents = new Map<string, string>()

  constructor(graph: PipelineGraph, shared: ReturnType<typeof sharedExchanges>) {
    const topics = new Map<string, string>()
    for (const node of graph.nodes) {
      if ('topic' in node) {
        const first = topics.get(node.topic.name)
        if (first === undefined) topics.set(node.topic.name, sideOf(node, 0))
        else this.#unite(first, sideOf(node, 0))
      }
      for (const [port, input] of inputsOf(node).entries()) {
        if (node.kind === 'foreign-key-join') this.#unite(sideOf(node, port), `${input}`)
        else if (!isCut(graph, node, port)) this.#unite(`${node.id}`, `${input}`)
      }
    }
    for (const [place, writer] of shared) this.#unite(`${nodeAt(writer)}`, `${nodeAt(place)}`)
  }

  /** Of the records that begin at a node; `role`: behind one of its internal topics. */
  startingAt(node: GraphNode, role?: ExchangeRole): string {
    return this.#find(role === 'subscription-registration' ? sideOf(node, 1) : `${node.id}`)
  }

  #unite(a: string, b: string): void {
    const [rootA, rootB] = [this.#find(a), this.#find(b)]
    if (rootA !== rootB) this.#parents.set(rootB, rootA)
  }

  #find(id: string): string {
    const parent = this.#parents.get(id)
    return parent === undefined ? id : this.#find(parent)
  }
}

function sideOf(node: GraphNode, port: number): string {
  return node.kind === 'foreign-key-join' && port === 1 ? `${node.id}/right` : `${node.id}`
}

/** Whether an input reaches its node through an internal topic. */
function isCut(graph: PipelineGraph, node: GraphNode, port: number): boolean {
  return exchangesOf(graph, node).some((role) => (role === 'right-repartition' ? 1 : 0) === port)
}
