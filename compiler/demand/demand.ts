/**
 * Which fields each operator and sink needs, from the sinks backwards: an allow-list, so that what is not understood
 * needs the whole record. The decoders of sources read, and check, exactly that.
 */
import { none, presence, unite, whole, type Demand, type PlanDemand, type RecordDemand } from '../ir/demand.js'
import type { Lambda } from '../ir/lambda.js'
import type { LambdaId, LogicalAggregator, LogicalNode, LogicalNodeOf, NodeId } from '../ir/logical-plan.js'
import type { Disabled } from '../ir/optimizations.js'
import type { OptimizedPlan } from '../ir/optimized-plan.js'
import type { ResolvedPlan } from '../ir/resolved-plan.js'
import { inputsOf, isSource } from '../ir/inputs-of.js'
import { exchangeOf, exchangesOf, placeOf, portOf, type ExchangeRole, type PlaceId } from '../ir/exchange.js'
import { foldDemand, joinDemand, lambdaDemand, lambdaDemandOf, type LambdaDemand } from './lambda-demand.js'
import { sinkDemand } from './sink-demand.js'

const nothing: RecordDemand = { key: none, value: none, headers: false }

/** A plan, and what its lambdas were found to read. */
interface NotedPlan extends ResolvedPlan {
  readonly reads: Map<LambdaId, RecordDemand>
  readonly rightSides: Map<LambdaId, Demand>
  readonly lazy: boolean
}

/** Together they drop every pure expression that nobody reads; without one of them its operands must be there. */
const droppers = ['propagate', 'scalar-replacement', 'dead-code'] as const

export function demand(optimized: OptimizedPlan, disabled: Disabled = new Set()): PlanDemand {
  const lazy = !droppers.some((name) => disabled.has(name))
  const notes = { reads: new Map<LambdaId, RecordDemand>(), rightSides: new Map<LambdaId, Demand>() }
  const plan = { ...optimized, ...notes, lazy }
  const edges = new Map<NodeId, RecordDemand>()
  const inputs = new Map<PlaceId, RecordDemand>()
  const alive = plan.nodes.filter((node) => !plan.dropped.has(node.id))
  for (const node of alive.toReversed()) {
    const consumers = alive.filter((other) => inputsOf(other).includes(node.id))
    const behind = consumers.flatMap((consumer) =>
      inputsOf(consumer).flatMap((input, port) =>
        input === node.id ? [taken(plan, consumer, edges.get(consumer.id) ?? nothing, port)] : [],
      ),
    )
    const out = behind.reduce(uniteRecords, nothing)
    edges.set(node.id, consumers.length === 0 ? taken(plan, node, nothing, 0) : out)
    if (isSource(node)) {
      const kept = node.kind !== 'source' ? keptRow(plan, node.id, 0, out) : out
      inputs.set(placeOf(node.id), uniteRecords(kept, extractorDemand(plan, node)))
    }
    for (const role of exchangesOf(plan.nodes, node)) {
      inputs.set(placeOf(node.id, role), behindExchange(plan, node, role, out))
    }
  }
  return { edges, inputs, lambdas: plan.reads, rightSides: plan.rightSides }
}

function extractorDemand(
  plan: NotedPlan,
  node: LogicalNodeOf<'source' | 'table-source' | 'global-table'>,
): RecordDemand {
  const { timestamp } = node.topic
  return timestamp === undefined ? nothing : ofLambda(plan, timestamp, whole)
}

/** What an operator demands of the records that it takes in, when `out` is demanded of what it puts out. */
function taken(plan: NotedPlan, node: LogicalNode, out: RecordDemand, port: number): RecordDemand {
  const role = exchangeOf(plan.nodes, node, port)
  if (role !== undefined) return sentTo(plan, node, role)
  return processed(plan, node, out, port)
}

/** What its exchange demands of the records that a node sends through it. */
function sentTo(plan: NotedPlan, node: LogicalNode, role: ExchangeRole): RecordDemand {
  if (node.kind === 'foreign-key-join') {
    const read = { ...nothing, ...ofLambda(plan, node.foreignKey, whole), headers: true }
    return keptRow(plan, node.id, 0, { ...read, key: whole, value: unite(presence, read.value) })
  }
  const sent = written(plan, placeOf(node.id, role))
  if (node.kind !== 'group-by' && node.kind !== 'group-table') return sent
  const selector = ofLambda(plan, node.selector, whole)
  const value = node.kind === 'group-by' ? sent.value : none
  return uniteRecords({ ...sent, key: none, value }, selector)
}

/** What is read of a record that comes out of an exchange. */
function behindExchange(plan: NotedPlan, node: LogicalNode, role: ExchangeRole, out: RecordDemand): RecordDemand {
  if (node.kind === 'foreign-key-join') {
    if (role === 'subscription-response') plan.reads.set(node.joiner, joinedSides(plan, node, out).left)
    return { key: whole, value: whole, headers: true }
  }
  if (node.kind !== 'group-table') return processed(plan, node, out, portOf(role))
  const row = unite(presence, out.value)
  return {
    ...out,
    value: {
      kind: 'fields',
      fields: new Map([
        ['now', row],
        ['before', row],
      ]),
    },
  }
}

function processed(plan: NotedPlan, node: LogicalNode, out: RecordDemand, port: number): RecordDemand {
  switch (node.kind) {
    case 'source':
    case 'table-source':
    case 'global-table':
      return out
    case 'merge':
    case 'branch':
    case 'process-output':
      return out
    case 'process':
      return { key: whole, value: whole, headers: true }
    case 'dedupe': {
      const kept = { ...out, key: whole }
      return node.by === undefined ? kept : uniteRecords(kept, ofLambda(plan, node.by, whole))
    }
    case 'filter':
      return uniteRecords(out, ofLambda(plan, node.predicate, whole))
    case 'table-filter':
      return uniteRecords(remembered(plan, node.id, out), ofLambda(plan, node.predicate, whole))
    case 'map':
      return uniteRecords({ ...out, value: none }, ofLambda(plan, node.mapper, out.value))
    case 'table-map': {
      const kept = remembered(plan, node.id, out)
      return uniteRecords({ ...kept, value: presence }, ofLambda(plan, node.mapper, kept.value))
    }
    case 'flat-map': {
      const mapper = ofLambda(plan, node.mapper, { kind: 'items', items: out.value })
      return uniteRecords({ ...out, value: none }, mapper)
    }
    case 'map-record': {
      const mapper = lambdaDemandOf(
        plan.bodies.get(node.mapper) ?? missing(node.mapper),
        plan.recordTypes,
        (result) => {
          result.member('key').use(out.key)
          result.member('value').use(out.value)
        },
        plan.lazy,
      )
      plan.reads.set(node.mapper, mapper)
      return uniteRecords({ ...nothing, headers: out.headers }, mapper)
    }
    case 'select-key': {
      const selector = ofLambda(plan, node.selector, out.key)
      return uniteRecords({ ...out, key: none }, selector)
    }
    case 'peek':
    case 'for-each':
      return uniteRecords(out, ofLambda(plan, node.action, none))
    case 'print':
      return { ...out, key: whole, value: whole }
    case 'split':
      return node.branches.reduce(
        (all, branch) =>
          branch.predicate === undefined ? all : uniteRecords(all, ofLambda(plan, branch.predicate, whole)),
        out,
      )
    case 'repartition':
    case 'group-by':
    case 'group-table':
    case 'group-by-key':
    case 'window':
    case 'to-stream':
      return out
    case 'to-table':
    case 'suppress':
      return keptRow(plan, node.id, 0, { ...out, key: whole, value: unite(presence, out.value) })
    case 'late':
      return { ...out, key: whole, value: unite(presence, out.value) }
    case 'global-table-join':
      if (port === 1) return nothing
      return uniteRecords(joined(plan, node, out, 0), ofLambda(plan, node.key, whole))
    case 'stream-join':
    case 'stream-table-join':
    case 'table-join':
      return joined(plan, node, out, port)
    case 'foreign-key-join':
      // The right row as it is now is sent to all who refer to it.
      return { key: whole, value: whole, headers: true }
    case 'cogroup': {
      const add = node.adds[port]
      return add === undefined ? out : uniteRecords(out, ofFold(plan, add))
    }
    case 'aggregate':
      return aggregated(plan, node, out)
    case 'to': {
      const lambdas = [node.headers, node.timestamp, node.target.kind === 'chosen' ? node.target.choose : undefined]
      const read = lambdas.flatMap((id) => (id === undefined ? [] : [ofLambda(plan, id, whole)]))
      return read.reduce(uniteRecords, { ...serdeDemand(plan, placeOf(node.id)), headers: node.headers === undefined })
    }
  }
}

/** The key is that of the state; what goes out has another value. */
function aggregated(plan: NotedPlan, { aggregation }: LogicalNodeOf<'aggregate'>, out: RecordDemand): RecordDemand {
  const headers = { ...nothing, headers: out.headers }
  switch (aggregation.kind) {
    case 'count':
    case 'cogroup':
      return { ...headers, key: whole, value: presence }
    case 'reduce':
      // The first value of a key is its aggregate.
      return { ...headers, key: whole, value: whole }
    case 'fold': {
      const add = ofFold(plan, aggregation.add)
      const { subtract } = aggregation
      const taken = subtract === undefined ? none : ofFold(plan, subtract).value
      return { key: whole, value: unite(unite(presence, add.value), taken), headers: out.headers || add.headers }
    }
    case 'declared':
      return aggregation.fields
        .map(({ aggregator }) => declared(plan, aggregator))
        .reduce(uniteRecords, { ...headers, key: whole, value: presence })
  }
}

/** What a declared aggregator looks at of a value. */
function declared(plan: NotedPlan, aggregator: LogicalAggregator): RecordDemand {
  switch (aggregator.kind) {
    case 'count':
      return nothing
    case 'topK':
      return uniteRecords(ofLambda(plan, aggregator.of, whole), ofLambda(plan, aggregator.by, whole))
    case 'custom':
      return [aggregator.add, aggregator.subtract]
        .flatMap((id) => (id === undefined ? [] : [ofFold(plan, id)]))
        .reduce(uniteRecords, nothing)
    default:
      return ofLambda(plan, aggregator.of, whole)
  }
}

/** What a joiner reads of its sides. */
function joinedSides(
  plan: NotedPlan,
  { joiner }: { readonly joiner: LambdaId },
  out: RecordDemand,
): ReturnType<typeof joinDemand> {
  return joinDemand(bodyOf(plan, joiner), plan.recordTypes, out.value, plan.lazy)
}

/** One side of a join: what the joiner reads of it, and all of a row that the join keeps. */
function joined(
  plan: NotedPlan,
  node: LogicalNodeOf<'stream-join' | 'stream-table-join' | 'global-table-join' | 'table-join'>,
  out: RecordDemand,
  port: number,
): RecordDemand {
  const { left, right } = joinedSides(plan, node, out)
  plan.reads.set(node.joiner, left)
  plan.rightSides.set(node.joiner, right)
  const side: RecordDemand =
    port === 0
      ? { key: unite(out.key, left.key), value: unite(presence, left.value), headers: out.headers || left.headers }
      : { ...nothing, value: unite(presence, right), headers: out.headers && node.kind !== 'stream-table-join' }
  if (node.kind === 'global-table-join') return side
  return keptRow(plan, node.id, port, { ...side, key: whole })
}

/** What is demanded of a table that keeps its own rows where it has to. */
function remembered(plan: NotedPlan, node: NodeId, out: RecordDemand): RecordDemand {
  return (plan.states.get(node) ?? []).length === 0 ? out : keptRow(plan, node, 0, out)
}

/** All of the row, where the operator keeps it. */
function keptRow(plan: NotedPlan, node: NodeId, port: number, taken: RecordDemand): RecordDemand {
  const rows = plan.states.get(node)?.find((side) => side.port === port)
  const keyed = { ...taken, key: whole }
  return rows === undefined ? keyed : { ...keyed, value: unite(taken.value, sinkDemand(rows.serdes.value)) }
}

/** What is written to the internal topic of an exchange. */
function written(plan: ResolvedPlan, place: PlaceId): RecordDemand {
  return { ...serdeDemand(plan, place), headers: true }
}

function serdeDemand(plan: ResolvedPlan, place: PlaceId): { key: Demand; value: Demand } {
  const topic = plan.topics.get(place)
  if (topic === undefined) throw new Error(`${place} has no serdes`)
  return { key: sinkDemand(topic.key), value: sinkDemand(topic.value) }
}

function ofLambda(plan: NotedPlan, id: LambdaId, result: Demand): LambdaDemand {
  const found = lambdaDemand(plan.bodies.get(id) ?? missing(id), plan.recordTypes, result, plan.lazy)
  plan.reads.set(id, found)
  return found
}

/** Of a `(acc, value, ctx)`. */
function ofFold(plan: NotedPlan, id: LambdaId): LambdaDemand {
  const found = foldDemand(bodyOf(plan, id), plan.recordTypes, plan.lazy)
  plan.reads.set(id, found)
  return found
}

function bodyOf(plan: NotedPlan, id: LambdaId): Lambda {
  return plan.bodies.get(id) ?? missing(id)
}

function missing(id: LambdaId): never {
  throw new Error(`lambda ${id} has no body`)
}

function uniteRecords(left: RecordDemand, right: RecordDemand): RecordDemand {
  return {
    key: unite(left.key, right.key),
    value: unite(left.value, right.value),
    headers: left.headers || right.headers,
  }
}
