/**
 * Physical plan -> topology: operators that records reach without leaving the process are one sub-topology; streams of
 * one topic are one input, sinks of one topic with equal serdes one output.
 */
import { worksBehindExchange } from '../ir/exchange.js'
import { inputsOf, isSource } from '../ir/inputs-of.js'
import type { LogicalNode, LogicalNodeOf, NodeId } from '../ir/logical-plan.js'
import type { Exchange, PhysicalOperator, PhysicalPlan } from '../ir/physical-plan.js'
import type { ResolvedPlan, ResolvedTopic } from '../ir/resolved-plan.js'
import { storeName } from '../ir/store-name.js'
import { awaitedInputs } from './awaited-inputs.js'
import { storesOf } from './stores.js'
import type { InternalTopic, SubTopology, Topology, TopologyInput, TopologySink } from '../ir/topology.js'

/** Records of an exchange stay until they are purged below the commit; retention by time could drop some unread. */
const repartitionConfig = { 'cleanup.policy': 'delete', 'retention.ms': '-1' }

export function buildTopology(resolved: ResolvedPlan, physical: PhysicalPlan): Topology {
  const operators = new Map(physical.operators.map((operator) => [operator.node.id, operator]))
  const exchanges = new Map(physical.exchanges.map((exchange) => [exchange.node, exchange]))
  const sinks = collectSinks(resolved, physical, exchanges)
  const halves = components(physical, exchanges)
  return {
    operators,
    sinks,
    subTopologies: halves.map((members, id) => subTopology(resolved, exchanges, sinks, members, id)),
    stores: halves.flatMap((members, id) =>
      members.flatMap((member) => (worksIn(member, exchanges) ? storesOf(resolved, member.node, id) : [])),
    ),
    globalTables: halves.flatMap((members, subTopology) =>
      members.flatMap(({ node }) =>
        node.kind === 'global-table' ? [{ node: node.id, subTopology, name: storeName(node, 0) }] : [],
      ),
    ),
    internalTopics: physical.exchanges.map(({ topic, partitions }): InternalTopic => ({
      topic,
      partitions,
      config: repartitionConfig,
    })),
  }
}

type Exchanges = ReadonlyMap<NodeId, Exchange>

/** Half of an operator: an exchange ends one sub-topology and begins another. */
type Half = `${NodeId}` | `${NodeId}:out`

interface Member {
  readonly node: LogicalNode
  /** As the beginning of this sub-topology. */
  readonly entry: boolean
}

/** Whether it is the half that does what the operator does; the other one only sends. */
function worksIn({ node, entry }: Member, exchanges: Exchanges): boolean {
  return entry || !exchanges.has(node.id) || !worksBehindExchange(node)
}

function components(physical: PhysicalPlan, exchanges: Exchanges): Member[][] {
  const parents = new Map<Half, Half>()
  const find = (half: Half): Half => {
    const parent = parents.get(half) ?? half
    return parent === half ? half : find(parent)
  }
  const unite = (left: Half, right: Half): void => {
    parents.set(find(right), find(left))
  }
  for (const operator of physical.operators) {
    for (const consumer of operator.consumers) {
      for (const half of inHalves(physical, operator, consumer, exchanges)) unite(outHalf(operator, exchanges), half)
    }
  }
  uniteStreamsOfOneTopic(physical, unite)
  const groups = new Map<Half, Member[]>()
  const add = (half: Half, member: Member): void => {
    const root = find(half)
    groups.set(root, [...(groups.get(root) ?? []), member])
  }
  for (const operator of physical.operators) {
    const { node } = operator
    add(`${node.id}`, { node, entry: isSource(node) })
    if (exchanges.has(node.id)) add(outHalf(operator, exchanges), { node, entry: true })
  }
  return [...groups.values()].filter((members) => members.some((member) => member.entry))
}

/** Where the records of an operator enter a consumer: an exchange that is a join takes the rows of its table behind it. */
function inHalves(
  physical: PhysicalPlan,
  { node }: PhysicalOperator,
  consumer: NodeId,
  exchanges: Exchanges,
): readonly Half[] {
  const taker = physical.operators.find((operator) => operator.node.id === consumer)?.node
  // Rows of a global table are looked up where they are; its records go nowhere.
  if (node.kind === 'global-table') return []
  if (taker === undefined || !exchanges.has(consumer)) return [`${consumer}`]
  return inputsOf(taker).flatMap((input, port): Half[] =>
    input === node.id ? [port === 0 ? `${consumer}` : `${consumer}:out`] : [],
  )
}

function outHalf({ node }: PhysicalOperator, exchanges: Exchanges): Half {
  return exchanges.has(node.id) ? `${node.id}:out` : `${node.id}`
}

function uniteStreamsOfOneTopic(physical: PhysicalPlan, unite: (left: Half, right: Half) => void): void {
  const first = new Map<string, NodeId>()
  for (const { node } of physical.operators) {
    if (!isSource(node)) continue
    const same = first.get(node.topic.name)
    if (same === undefined) first.set(node.topic.name, node.id)
    else unite(`${same}`, `${node.id}`)
  }
}

function subTopology(
  resolved: ResolvedPlan,
  exchanges: Exchanges,
  sinks: readonly TopologySink[],
  members: readonly Member[],
  id: number,
): SubTopology {
  const inputs: TopologyInput[] = []
  for (const { node, entry } of members) {
    if (entry) addInput(inputs, inputOf(resolved, exchanges, node))
  }
  const written = new Set(members.filter((member) => !member.entry).map((member) => member.node.id))
  const outputs = sinks.flatMap((sink, index) => (sink.nodes.some((node) => written.has(node)) ? [index] : []))
  const operators = members.map((member) => member.node.id)
  return { id, inputs, operators, outputs, awaited: awaitedInputs(resolved.nodes, inputs, operators) }
}

function addInput(inputs: TopologyInput[], input: TopologyInput): void {
  const same = inputs.findIndex((other) => other.topic === input.topic)
  const other = inputs[same]
  if (other === undefined) inputs.push(input)
  else
    inputs[same] = { ...other, nodes: [...other.nodes, ...input.nodes], timestamp: other.timestamp ?? input.timestamp }
}

function inputOf(resolved: ResolvedPlan, exchanges: Exchanges, node: LogicalNode): TopologyInput {
  const serdes = serdesOf(resolved, node.id)
  if (isSource(node)) {
    return { topic: node.topic.name, framed: true, serdes, nodes: [node.id], timestamp: node.topic.timestamp }
  }
  const topic = exchanges.get(node.id)?.topic ?? ''
  return { topic, framed: false, serdes, nodes: [node.id], timestamp: undefined }
}

function collectSinks(resolved: ResolvedPlan, physical: PhysicalPlan, exchanges: Exchanges): TopologySink[] {
  const sinks: TopologySink[] = []
  for (const { node } of physical.operators) {
    if (node.kind !== 'to' && !exchanges.has(node.id)) continue
    const topic = node.kind === 'to' ? sinkTopic(node) : (exchanges.get(node.id)?.topic ?? '')
    const serdes = serdesOf(resolved, node.id)
    const same = sinks.findIndex((sink) => sink.topic === topic && sameSerdes(sink.serdes, serdes))
    const sink = sinks[same]
    if (sink === undefined) sinks.push({ topic, framed: node.kind === 'to', serdes, nodes: [node.id] })
    else sinks[same] = { ...sink, nodes: [...sink.nodes, node.id] }
  }
  return sinks
}

function sinkTopic(node: LogicalNodeOf<'to'>): string {
  return node.target.kind === 'topic' ? node.target.topic.name : ''
}

function sameSerdes(left: ResolvedTopic, right: ResolvedTopic): boolean {
  return sameSerde(left.key, right.key) && sameSerde(left.value, right.value)
}

function sameSerde(left: ResolvedTopic['key'], right: ResolvedTopic['key']): boolean {
  if (left.kind !== right.kind || left.nullable !== right.nullable) return false
  return left.kind !== 'avro' || right.kind !== 'avro' || (left.schema === right.schema && left.long === right.long)
}

function serdesOf(resolved: ResolvedPlan, node: NodeId): ResolvedTopic {
  const serdes = resolved.topics.get(node)
  if (serdes === undefined) throw new Error(`node ${node} has no serdes`)
  return serdes
}
