/** A topology as Kafka Streams' `Topology.describe()` writes it; tools that draw those draw this. */
import { nodeAt } from '../ir/exchange.js'
import type { NodeId } from '../ir/logical-plan.js'
import type { PhysicalOperator } from '../ir/physical-plan.js'
import type { SubTopology, Topology } from '../ir/topology.js'

export function topologyText(topology: Topology): string {
  return ['Topologies:', ...topology.subTopologies.flatMap((sub) => subTopologyLines(topology, sub))].join('\n')
}

function subTopologyLines(topology: Topology, sub: SubTopology): readonly string[] {
  const operators = sub.operators.flatMap((id) => topology.operators.get(id) ?? [])
  const lines = operators.flatMap((operator) => operatorLines(topology, sub, operator))
  return [`   Sub-topology: ${sub.id}`, ...lines]
}

function operatorLines(topology: Topology, sub: SubTopology, { node, consumers }: PhysicalOperator): readonly string[] {
  const input = sub.inputs.find((candidate) => candidate.places.some((place) => nodeAt(place) === node.id))
  const successors = `      --> ${labels(topology, consumers)}`
  if (input !== undefined) return [`    Source: ${node.label} (topics: [${input.topic}])`, successors]
  const predecessors = `      <-- ${labels(topology, predecessorsOf(topology, node.id))}`
  const sink = topology.sinks.find((candidate) => candidate.places.some((place) => nodeAt(place) === node.id))
  if (sink !== undefined) {
    const topic = sink.topic === '' ? 'extracted for each record' : sink.topic
    return [`    Sink: ${node.label} (topic: ${topic})`, predecessors]
  }
  const stores = topology.stores.filter((store) => store.node === node.id).map((store) => store.name)
  return [`    Processor: ${node.label} (stores: [${stores.join(', ')}])`, successors, predecessors]
}

function predecessorsOf(topology: Topology, id: NodeId): readonly NodeId[] {
  return [...topology.operators.values()]
    .filter((operator) => operator.consumers.includes(id))
    .map((operator) => operator.node.id)
}

function labels(topology: Topology, ids: readonly NodeId[]): string {
  if (ids.length === 0) return 'none'
  return ids.map((id) => topology.operators.get(id)?.node.label ?? '?').join(', ')
}
