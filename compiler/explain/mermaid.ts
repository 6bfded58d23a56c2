/** Plans as Mermaid flow charts: operators with their records' types on the arrows, topics as cylinders. */
import { nodeAt } from '../ir/exchange.js'
import { inputsOf } from '../ir/inputs-of.js'
import type { LogicalNode, NodeId } from '../ir/logical-plan.js'
import type { ResolvedPlan } from '../ir/resolved-plan.js'
import type { SubTopology, Topology } from '../ir/topology.js'
import { whatText } from './operator-text.js'
import { typeText } from './type-text.js'

export function planMermaid(plan: ResolvedPlan, dropped: ReadonlySet<NodeId> = new Set()): string {
  const lines = plan.nodes.flatMap((node) => {
    if (dropped.has(node.id)) return [`  ${operator(node)}:::dropped`]
    const arrows = inputsOf(node).map((id) => {
      const type = plan.edges.get(id)?.value
      return `  n${id} -->${type === undefined ? '' : `|${text(typeText(type, plan.recordTypes))}|`} n${node.id}`
    })
    return [`  ${operator(node)}`, ...arrows]
  })
  const style = dropped.size === 0 ? [] : ['  classDef dropped stroke-dasharray: 4 4, opacity: 0.5']
  return ['flowchart LR', ...lines, ...style].join('\n')
}

export function topologyMermaid(topology: Topology): string {
  const topics = new Topics()
  const lines = topology.subTopologies.flatMap((sub) => subTopology(topology, sub, topics))
  return ['flowchart LR', ...topics.lines, ...lines].join('\n')
}

function subTopology(topology: Topology, sub: SubTopology, topics: Topics): readonly string[] {
  const members = sub.operators.flatMap((id) => topology.operators.get(id) ?? [])
  const name = (id: NodeId): string => `s${sub.id}n${id}`
  const entries = new Set(sub.inputs.flatMap((input) => input.places.map(nodeAt)))
  const inside = members.map(({ node }) => `    ${name(node.id)}[${text(node.label)}]`)
  const arrows = members.flatMap(({ node, consumers }) => {
    const isExit =
      topology.sinks.some((sink) => sink.places.some((place) => nodeAt(place) === node.id)) && !entries.has(node.id)
    return isExit ? [] : consumers.map((id) => `  ${name(node.id)} --> ${name(id)}`)
  })
  const reads = sub.inputs.flatMap((input) =>
    input.places.map((place) => `  ${topics.id(input.topic)} --> ${name(nodeAt(place))}`),
  )
  const writes = members.flatMap(({ node }) => {
    const sink = topology.sinks.find((candidate) => candidate.places.some((place) => nodeAt(place) === node.id))
    if (sink === undefined || entries.has(node.id)) return []
    return [`  ${name(node.id)} --> ${topics.id(sink.topic === '' ? 'chosen for each record' : sink.topic)}`]
  })
  return [`  subgraph s${sub.id}[sub-topology ${sub.id}]`, ...inside, '  end', ...arrows, ...reads, ...writes]
}

class Topics {
  readonly #ids = new Map<string, string>()

  id(topic: string): string {
    const id = this.#ids.get(topic) ?? `t${this.#ids.size}`
    this.#ids.set(topic, id)
    return id
  }

  get lines(): readonly string[] {
    return [...this.#ids].map(([topic, id]) => `  ${id}[(${text(topic)})]`)
  }
}

function operator(node: LogicalNode): string {
  if (node.kind === 'source') return `n${node.id}[(${text(whatText(node))})]`
  return `n${node.id}[${text(node.label)}]`
}

/** Quoted; Mermaid has entities for what would end the quotes or begin a tag. */
function text(plain: string): string {
  return `"${plain.replaceAll('&', '#amp;').replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;')}"`
}
