/** Looking at plans and small edits of them. Operators that go keep their ids; nobody takes their records any more. */
import { inputsOf, withInputs } from '../ir/inputs-of.js'
import type { LogicalNode, NodeId } from '../ir/logical-plan.js'
import type { AppliedRule, OptimizedPlan } from '../ir/optimized-plan.js'

export function aliveNodes(plan: OptimizedPlan): readonly LogicalNode[] {
  return plan.nodes.filter((node) => !plan.dropped.has(node.id))
}

/** In the order in which they run. */
export function consumersOf(plan: OptimizedPlan, id: NodeId): readonly LogicalNode[] {
  return aliveNodes(plan).filter((node) => inputsOf(node).includes(id))
}

export function withNode(plan: OptimizedPlan, changed: LogicalNode): OptimizedPlan {
  return { ...plan, nodes: plan.nodes.map((node) => (node.id === changed.id ? changed : node)) }
}

export function drop(plan: OptimizedPlan, ids: Iterable<NodeId>, applied: readonly AppliedRule[]): OptimizedPlan {
  return { ...plan, dropped: new Set([...plan.dropped, ...ids]), applied: [...plan.applied, ...applied] }
}

/**
 * Operators behind `node` take the records of its only input instead; or why not. One record's writes to a topic keep
 * their order only if all operators run in the order in which they did.
 */
export function bypass(
  plan: OptimizedPlan,
  node: LogicalNode,
  input: NodeId,
  applied: AppliedRule,
): OptimizedPlan | string {
  if (node.name !== undefined) return 'the author gave it a name: its metrics would be missed'
  const last = Math.max(...consumersOf(plan, node.id).map((consumer) => consumer.id))
  const between = consumersOf(plan, input).find((other) => other.id > node.id && other.id <= last)
  if (between !== undefined) return `${between.label} would run before what stands behind it`
  const moved = (id: NodeId): NodeId => (id === node.id ? input : id)
  const nodes = plan.nodes.map((other) => (plan.dropped.has(other.id) ? other : withInputs(other, moved)))
  return drop({ ...plan, nodes }, [node.id], [applied])
}
