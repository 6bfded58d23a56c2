/**
 * Step 5: the types of keys and values on every edge, and the schemas of every topic, from the lock or derived. After it
 * no syntax node and no checker is left.
 */
import type { Diagnostic, PassResult } from '../diagnostics/diagnostic.js'
import { isError } from '../diagnostics/diagnostic.js'
import { assertResolvedPlan } from '../ir/assert-plans.js'
import { isExchange } from '../ir/exchange.js'
import type { LogicalNode, LogicalTopic, NodeId } from '../ir/logical-plan.js'
import type { EdgeType, ResolvedPlan, ResolvedTopic } from '../ir/resolved-plan.js'
import type { QuotedProgram } from './quote.js'
import type { ClosedPlan, ClosedProgram } from './resolve-closures.js'
import { edgeTypes } from './types/edge-types.js'
import type { LockedSubjects } from './types/locked-subjects.js'
import { repartitionSerdes, stateSerdes } from './types/repartition-serdes.js'
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
  const topics = resolveTopics(quoted, closed, edges, locked, diagnostics)
  if (closed.bodies.size < closed.staged.lambdas.length) return undefined
  return { ...plan, bodies: closed.bodies, recordTypes: closed.reader.recordTypes, edges, topics }
}

function resolveTopics(
  quoted: QuotedProgram,
  closed: ClosedPlan,
  edges: ReadonlyMap<NodeId, EdgeType>,
  locked: LockedSubjects,
  diagnostics: Diagnostic[],
): ReadonlyMap<NodeId, ResolvedTopic> {
  const serdes = new TopicSerdes(quoted, closed, locked)
  const { plan } = closed.staged
  const topics = new Map<NodeId, ResolvedTopic>()
  for (const node of plan.nodes) {
    const topic = topicOf(node)
    const known = { plan, edges, topics, records: closed.reader.recordTypes }
    const resolved = isExchange(plan.nodes, node)
      ? repartitionSerdes(node, known, diagnostics)
      : node.kind === 'aggregate'
        ? stateSerdes(node, known, diagnostics)
        : topic && serdes.resolve(topic, node.kind === 'source' ? 'read' : 'written')
    if (resolved !== undefined) topics.set(node.id, resolved)
  }
  diagnostics.push(...serdes.diagnostics)
  return topics
}

function topicOf(node: LogicalNode): LogicalTopic | undefined {
  if (node.kind === 'source') return node.topic
  if (node.kind !== 'to') return undefined
  return node.target.kind === 'topic' ? node.target.topic : node.target.like
}
