/** Verifiers that run between passes: what they find is a fault of the compiler, never of the author. */
import { exchangesOf, placeOf, type PlaceId } from './exchange.js'
import { inputsOf, isSource } from './inputs-of.js'
import type { LambdaId, LogicalAggregation, LogicalAggregator, LogicalNode, LogicalPlan } from './logical-plan.js'
import type { ResolvedPlan } from './resolved-plan.js'

export class PlanFault extends Error {
  override readonly name = 'PlanFault'
}

/** Ids are positions, inputs come before, labels are unique, branches belong to splits, lambdas exist. */
export function assertLogicalPlan(plan: LogicalPlan): void {
  const labels = new Set<string>()
  for (const [position, node] of plan.nodes.entries()) {
    const fault = (what: string): PlanFault =>
      new PlanFault(`plan ${plan.name}, node ${position} (${node.label}): ${what}`)
    if (node.id !== position) throw fault(`its id is ${node.id}`)
    if (node.label === '' || labels.has(node.label)) throw fault('its label is empty or taken')
    labels.add(node.label)
    for (const input of inputsOf(node)) {
      if (input < 0 || input >= position) throw fault(`its input ${input} does not come before it`)
    }
    if (node.kind === 'process-output') {
      const processor = plan.nodes[node.input]
      const named = processor?.kind === 'process' && processor.outputs.includes(node.output)
      if (!named) throw fault(`its input is no processor with an output '${node.output}'`)
    }
    if (node.kind === 'branch') {
      const split = plan.nodes[node.input]
      const named = split?.kind === 'split' && split.branches.some(({ name }) => name === node.branch)
      if (!named) throw fault(`its input is no split with a branch '${node.branch}'`)
    }
  }
}

/** Every lambda has a body, every edge a type, every topic its serdes. */
export function assertResolvedPlan(plan: ResolvedPlan): void {
  assertLogicalPlan(plan)
  for (const node of plan.nodes) {
    const fault = (what: string): PlanFault => new PlanFault(`plan ${plan.name}, node ${node.label}: ${what}`)
    if (!plan.edges.has(node.id)) throw fault('its edge has no type')
    const missing = placesOf(plan, node).find((place) => !plan.topics.has(place))
    if (missing !== undefined) throw fault(`its topic ${missing} has no serdes`)
    for (const { id, role } of lambdasOf(node)) {
      if (!plan.bodies.has(id)) throw fault(`its ${role} has no body`)
    }
  }
}

/** Where a node touches topics. */
function placesOf(plan: ResolvedPlan, node: LogicalNode): readonly PlaceId[] {
  const own = isSource(node) || node.kind === 'to' ? [placeOf(node.id)] : []
  return [...own, ...exchangesOf(plan.nodes, node).map((role) => placeOf(node.id, role))]
}

export interface NodeLambda {
  readonly id: LambdaId
  /** What the operator calls it: an argument, a property of its options, or the branch. */
  readonly role: string
}

/** The lambdas of a node, in the order in which they are written. */
export function lambdasOf(node: LogicalNode): readonly NodeLambda[] {
  return rolesOf(node).flatMap(([id, role]) => (id === undefined ? [] : [{ id, role }]))
}

function rolesOf(node: LogicalNode): readonly (readonly [LambdaId | undefined, string])[] {
  switch (node.kind) {
    case 'source':
    case 'table-source':
    case 'global-table':
      return [[node.topic.timestamp, 'timestamp']]
    case 'filter':
    case 'table-filter':
      return [[node.predicate, 'predicate']]
    case 'map':
    case 'map-record':
    case 'flat-map':
    case 'table-map':
      return [[node.mapper, 'mapper']]
    case 'select-key':
    case 'group-by':
    case 'group-table':
      return [[node.selector, 'selector']]
    case 'peek':
    case 'for-each':
      return [[node.action, 'action']]
    case 'split':
      return node.branches.map((branch) => [branch.predicate, branch.name] as const)
    case 'to':
      return [
        [node.target.kind === 'chosen' ? node.target.choose : undefined, 'choose'],
        [node.headers, 'headers'],
        [node.timestamp, 'timestamp'],
      ]
    case 'stream-join':
    case 'stream-table-join':
    case 'table-join':
      return [[node.joiner, 'joiner']]
    case 'foreign-key-join':
      return [
        [node.foreignKey, 'foreignKey'],
        [node.joiner, 'joiner'],
      ]
    case 'global-table-join':
      return [
        [node.key, 'key'],
        [node.joiner, 'joiner'],
      ]
    case 'cogroup':
      return [[node.initial, 'initial'] as const, ...node.adds.map((add) => [add, 'add'] as const)]
    case 'aggregate':
      return aggregationRoles(node.aggregation)
    case 'process':
      return [
        [node.process, 'process'],
        [node.onTimer, 'onTimer'],
        [node.punctuate?.run, 'punctuate'],
      ]
    case 'dedupe':
      return [[node.by, 'by']]
    case 'process-output':
    case 'print':
    case 'merge':
    case 'branch':
    case 'repartition':
    case 'group-by-key':
    case 'window':
    case 'late':
    case 'to-stream':
    case 'to-table':
    case 'suppress':
      return []
  }
}

function aggregationRoles(aggregation: LogicalAggregation): readonly (readonly [LambdaId | undefined, string])[] {
  switch (aggregation.kind) {
    case 'count':
      return []
    case 'reduce':
      return [
        [aggregation.add, 'reducer'],
        [aggregation.subtract, 'subtract'],
      ]
    case 'fold':
      return [
        [aggregation.initial, 'initial'],
        [aggregation.add, 'add'],
        [aggregation.subtract, 'subtract'],
        [aggregation.merge, 'merge'],
      ]
    case 'cogroup':
      return [[aggregation.merge, 'merge']]
    case 'declared':
      return aggregation.fields.flatMap(({ name, aggregator }) =>
        aggregatorRoles(aggregator).map(([id, role]) => [id, `${name}: ${role}`] as const),
      )
  }
}

function aggregatorRoles(aggregator: LogicalAggregator): readonly (readonly [LambdaId | undefined, string])[] {
  switch (aggregator.kind) {
    case 'count':
      return []
    case 'topK':
      return [
        [aggregator.of, 'of'],
        [aggregator.by, 'by'],
      ]
    case 'custom':
      return (['initial', 'add', 'merge', 'subtract', 'result'] as const).map((role) => [aggregator[role], role])
    default:
      return [[aggregator.of, aggregator.kind]]
  }
}
