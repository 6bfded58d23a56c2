/**
 * Step 5: the types of keys and values on every edge, and the schemas of every topic, from the lock or derived. After it
 * no syntax node and no checker is left.
 */
import type { Diagnostic, PassResult } from '../diagnostics/diagnostic.js'
import { isError } from '../diagnostics/diagnostic.js'
import { accumulatorTypes } from '../ir/accumulator.js'
import { assertResolvedPlan } from '../ir/assert-plans.js'
import { exchangesOf, placeOf, type PlaceId } from '../ir/exchange.js'
import { isSource } from '../ir/inputs-of.js'
import type { LogicalNode, LogicalTopic, NodeId } from '../ir/logical-plan.js'
import { internalTypes } from '../ir/change-type.js'
import type { ResolvedPlan, ResolvedSerde, ResolvedTopic, SideRows } from '../ir/resolved-plan.js'
import type { QuotedProgram } from './quote.js'
import type { ClosedPlan, ClosedProgram } from './resolve-closures.js'
import { edgeTypes } from './types/edge-types.js'
import type { LockedSubjects } from './types/locked-subjects.js'
import { processorSerdes } from './types/processor-serdes.js'
import { repartitionSerdes, type KnownTypes } from './types/repartition-serdes.js'
import { stateSerdes } from './types/state-serdes.js'
import { TopicSerdes } from './types/topic-serdes.js'

/** Plans of pipelines with errors are left out: their diagnostics say why. */
export function resolveTypes(program: ClosedProgram, locked: LockedSubjects): PassResult<readonly ResolvedPlan[]> {
  const diagnostics: Diagnostic[] = []
  const plans: ResolvedPlan[] = []
  for (const closed of program.pipelines) {
    const found: Diagnostic[] = []
    const plan = resolvePlan(program.quoted, closed, locked, found)
    diagnostics.push(...found)
    if (plan === undefined || found.some(isError)) continue
    assertResolvedPlan(plan)
    plans.push(plan)
  }
  return { value: plans, diagnostics }
}

function resolvePlan(
  quoted: QuotedProgram,
  closed: ClosedPlan,
  locked: LockedSubjects,
  diagnostics: Diagnostic[],
): ResolvedPlan | undefined {
  const { plan } = closed.staged
  const edges = edgeTypes(quoted, closed)
  const { bodies } = closed
  const recordTypes = new Map([
    ...closed.reader.recordTypes,
    ...internalTypes(plan, edges),
    ...accumulatorTypes(plan.nodes, { bodies, edges }),
  ])
  const [topics, keys] = [new Map<PlaceId, ResolvedTopic>(), new Map<NodeId, ResolvedSerde>()]
  const known = { plan, bodies, edges, topics, keys, records: recordTypes }
  const states = resolveTopics(quoted, closed, locked, known, diagnostics)
  if (closed.bodies.size < closed.staged.lambdas.length) return undefined
  return { ...plan, bodies: closed.bodies, recordTypes, edges, topics: known.topics, states }
}

/** Fills in the topics, in order, since those of later nodes depend on them; gives the serdes of state. */
function resolveTopics(
  quoted: QuotedProgram,
  closed: ClosedPlan,
  locked: LockedSubjects,
  known: KnownTypes & {
    readonly topics: Map<PlaceId, ResolvedTopic>
    readonly keys: Map<NodeId, ResolvedSerde>
  },
  diagnostics: Diagnostic[],
): ReadonlyMap<NodeId, readonly SideRows[]> {
  const serdes = new TopicSerdes(quoted, closed, locked)
  const { nodes } = known.plan
  const states = new Map<NodeId, readonly SideRows[]>()
  for (const node of nodes) {
    const topic = topicOf(node)
    const resolved = topic && serdes.resolve(topic, node.kind === 'to' ? 'written' : 'read')
    if (resolved !== undefined) known.topics.set(placeOf(node.id), isTable(node) ? ofTable(resolved) : resolved)
    const spec = 'keySerde' in node ? node.keySerde : undefined
    const internalTopic = `${known.plan.applicationId}-${node.name ?? node.label}-repartition`
    const key = spec && serdes.ofInternal(spec, internalTopic, 'key', node.span)
    if (key !== undefined) known.keys.set(node.id, key)
    for (const role of exchangesOf(nodes, node)) {
      const internal = repartitionSerdes(node, role, known, diagnostics)
      if (internal !== undefined) known.topics.set(placeOf(node.id, role), internal)
    }
    const rows =
      node.kind === 'process' || node.kind === 'dedupe'
        ? processorSerdes(node, known, serdes, diagnostics)
        : stateSerdes(node, known, diagnostics)
    if (rows !== undefined && rows.length > 0) states.set(node.id, rows)
  }
  diagnostics.push(...serdes.diagnostics)
  return states
}

function isTable(node: LogicalNode): boolean {
  return node.kind === 'table-source' || node.kind === 'global-table'
}

/** Of a table, null is a value of its own: it deletes; records without a key are dropped. */
function ofTable({ key, value }: ResolvedTopic): ResolvedTopic {
  return { key: { ...key, nullable: true }, value: { ...value, nullable: true } }
}

function topicOf(node: LogicalNode): LogicalTopic | undefined {
  if (isSource(node)) return node.topic
  if (node.kind !== 'to') return undefined
  return node.target.kind === 'topic' ? node.target.topic : node.target.like
}
