/**
 * Physical plan -> topology: operators that records reach without leaving the process are one sub-topology; streams of
 * one topic are one input, sinks of one topic with equal serdes one output.
 */
import { nodeAt, placeOf, portOf, type ExchangeRole, type PlaceId } from '../ir/exchange.js'
import { inputsOf, isSource } from '../ir/inputs-of.js'
import type { LogicalNode, LogicalNodeOf, NodeId } from '../ir/logical-plan.js'
import type { Exchange, PhysicalPlan } from '../ir/physical-plan.js'
import type { ResolvedPlan, ResolvedTopic } from '../ir/resolved-plan.js'
import { storeName } from '../ir/store-name.js'
import { awaitedInputs } from './awaited-inputs.js'
import { coPartitioned } from './co-partitioned.js'
import { restoredFromSources } from './source-restores.js'
import { storesOf } from './stores.js'
import type { InternalTopic, SubTopology, Topology, TopologyInput, TopologySink } from '../ir/topology.js'

/** Records of an exchange stay until they are purged below the commit; retention by time could drop some unread. */
const repartitionConfig = { 'cleanup.policy': 'delete', 'retention.ms': '-1' }

export function buildTopology(resolved: ResolvedPlan, physical: PhysicalPlan): Topology {
  const operators = new Map(physical.operators.map((operator) => [operator.node.id, operator]))
  const exchanges = new Map(physical.exchanges.map((exchange) => [placeOf(exchange.node, exchange.role), exchange]))
  const sinks = collectSinks(resolved, physical, exchanges)
  const halves = components(physical, exchanges)
  const subTopologies = halves.map((members, id) => subTopology(resolved, exchanges, sinks, members, id))
  const stores = halves.flatMap((members, id) =>
    members.flatMap(({ node, sends }) => storesOf(resolved, node, id, sends)),
  )
  return {
    ...{ operators, sinks, subTopologies },
    ...restoredFromSources(resolved, subTopologies, stores),
    globalTables: halves.flatMap((members, subTopology) =>
      members.flatMap(({ node }) =>
        node.kind === 'global-table' ? [{ node: node.id, subTopology, name: storeName(node, 0) }] : [],
      ),
    ),
    coPartitioned: coPartitioned(resolved, physical.exchanges),
    exchanges: physical.exchanges,
    internalTopics: physical.exchanges.flatMap(({ topic, partitions, writer }): InternalTopic[] =>
      writer === undefined ? [{ topic, partitions, config: repartitionConfig }] : [],
    ),
  }
}

type Exchanges = ReadonlyMap<PlaceId, Exchange>

/** What an operator does; with a role, the part of it that only sends records to an internal topic. */
type Half = PlaceId

interface Member {
  readonly node: LogicalNode
  /** undefined: it works here. */
  readonly sends: ExchangeRole | undefined
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
  for (const { node, consumers } of physical.operators) {
    for (const consumer of consumers) {
      for (const half of halvesTaking(physical, node, consumer, exchanges)) unite(placeOf(node.id), half)
    }
  }
  for (const { node } of physical.operators) {
    // Where answers come, the left rows are.
    if (node.kind === 'foreign-key-join') unite(placeOf(node.id, 'subscription-registration'), placeOf(node.id))
  }
  for (const { node, writer } of exchanges.values()) {
    if (writer !== undefined) unite(placeOf(nodeAt(writer)), placeOf(node))
  }
  uniteStreamsOfOneTopic(physical, unite)
  const groups = new Map<Half, Member[]>()
  const add = (half: Half, member: Member): void => {
    const root = find(half)
    groups.set(root, [...(groups.get(root) ?? []), member])
  }
  for (const { node } of physical.operators) {
    const sent = [...exchanges.values()].filter(({ node: id, writer }) => id === node.id && writer === undefined)
    for (const { role } of sent) add(placeOf(node.id, role), { node, sends: role })
    add(placeOf(node.id), { node, sends: undefined })
  }
  return [...groups.values()].filter((members) => members.some((member) => placesRead(member, exchanges).length > 0))
}

/** Topics by which records come to an operator where it works. */
function placesRead({ node, sends }: Member, exchanges: Exchanges): readonly PlaceId[] {
  // Subscriptions come to where answers are sent from.
  if (node.kind === 'foreign-key-join') {
    if (sends === 'subscription-registration') return []
    return [placeOf(node.id, sends === undefined ? 'subscription-response' : 'subscription-registration')]
  }
  if (sends !== undefined) return []
  const own: readonly PlaceId[] = isSource(node) ? [placeOf(node.id)] : []
  const exchanged = [...exchanges.values()].filter((exchange) => exchange.node === node.id)
  return [...own, ...exchanged.map(({ role }) => placeOf(node.id, role))]
}

/** Which part of a consumer takes the records of an operator. */
function halvesTaking(
  physical: PhysicalPlan,
  node: LogicalNode,
  consumer: NodeId,
  exchanges: Exchanges,
): readonly Half[] {
  // Rows of a global table are looked up where they are; its records go nowhere.
  if (node.kind === 'global-table') return []
  const taker = physical.operators.find((operator) => operator.node.id === consumer)?.node
  if (taker === undefined) return []
  const sent = [...exchanges.values()].filter((exchange) => exchange.node === consumer)
  return inputsOf(taker).flatMap((input, port): Half[] => {
    if (input !== node.id) return []
    const exchange = sent.find(({ role }) => portOf(role) === port)
    return exchange?.writer === undefined ? [placeOf(consumer, exchange?.role)] : []
  })
}

function uniteStreamsOfOneTopic(physical: PhysicalPlan, unite: (left: Half, right: Half) => void): void {
  const first = new Map<string, NodeId>()
  for (const { node } of physical.operators) {
    if (!isSource(node)) continue
    const same = first.get(node.topic.name)
    if (same === undefined) first.set(node.topic.name, node.id)
    else unite(placeOf(same), placeOf(node.id))
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
  for (const member of members) {
    for (const place of placesRead(member, exchanges))
      addInput(inputs, inputOf(resolved, exchanges, member.node, place))
  }
  const written = new Set(members.map(({ node, sends }) => placeOf(node.id, sends)))
  const outputs = sinks.flatMap((sink, index) => (sink.places.some((place) => written.has(place)) ? [index] : []))
  const operators = [...new Set(members.map((member) => member.node.id))]
  return { id, inputs, operators, outputs, awaited: awaitedInputs(resolved.nodes, inputs, operators) }
}

function addInput(inputs: TopologyInput[], input: TopologyInput): void {
  const same = inputs.findIndex((other) => other.topic === input.topic)
  const other = inputs[same]
  if (other === undefined) inputs.push(input)
  else
    inputs[same] = {
      ...other,
      places: [...other.places, ...input.places],
      timestamp: other.timestamp ?? input.timestamp,
    }
}

function inputOf(resolved: ResolvedPlan, exchanges: Exchanges, node: LogicalNode, place: PlaceId): TopologyInput {
  const exchange = exchanges.get(place)
  const serdes = serdesOf(resolved, exchange?.writer ?? place)
  if (exchange !== undefined) {
    return { topic: exchange.topic, framed: false, serdes, places: [place], timestamp: undefined }
  }
  if (!isSource(node)) throw new Error(`${node.label} reads no topic`)
  return { topic: node.topic.name, framed: true, serdes, places: [place], timestamp: node.topic.timestamp }
}

function collectSinks(resolved: ResolvedPlan, physical: PhysicalPlan, exchanges: Exchanges): TopologySink[] {
  const sinks: TopologySink[] = []
  const add = (topic: string, framed: boolean, place: PlaceId): void => {
    const serdes = serdesOf(resolved, place)
    const same = sinks.findIndex((sink) => sink.topic === topic && sameSerdes(sink.serdes, serdes))
    const sink = sinks[same]
    if (sink === undefined) sinks.push({ topic, framed, serdes, places: [place] })
    else sinks[same] = { ...sink, places: [...sink.places, place] }
  }
  for (const { node } of physical.operators) {
    if (node.kind === 'to') add(sinkTopic(node), true, placeOf(node.id))
    for (const [place, exchange] of exchanges) {
      if (exchange.node === node.id && exchange.writer === undefined) add(exchange.topic, false, place)
    }
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
  if (left.kind === 'json' && right.kind === 'json') return JSON.stringify(left.longs) === JSON.stringify(right.longs)
  return left.kind !== 'avro' || right.kind !== 'avro' || (left.schema === right.schema && left.long === right.long)
}

function serdesOf(resolved: ResolvedPlan, place: PlaceId): ResolvedTopic {
  const serdes = resolved.topics.get(place)
  if (serdes === undefined) throw new Error(`${place} has no serdes`)
  return serdes
}
