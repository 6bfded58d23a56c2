/**
 * Predicates that the builder decided: a filter that lets nothing pass, branches of a split that no record takes. What
 * stands behind them goes. A repartition stays, and all before it: its internal topic is part of the pinned topology.
 */
import { inputsOf } from '../ir/inputs-of.js'
import { isPinned } from '../ir/exchange.js'
import type { LogicalBranch, LogicalNode, LogicalNodeOf, NodeId } from '../ir/logical-plan.js'
import type { AppliedRule, OptimizedPlan } from '../ir/optimized-plan.js'
import { constantPredicate } from './constant-predicate.js'
import { aliveNodes, consumersOf, drop, withNode } from './edit-plan.js'
import { note, type Rule } from './rule.js'

const rule = 'dead-branches'

export const deadBranches: Rule = {
  name: rule,
  apply(plan) {
    const refused: AppliedRule[] = []
    for (const node of aliveNodes(plan)) {
      const candidate = candidateOf(plan, node)
      if (candidate === undefined) continue
      const result = cut(plan, candidate)
      if (typeof result !== 'string') return { plan: result, refused: [] }
      refused.push(note(rule, node, result))
    }
    return { plan, refused }
  },
}

interface Candidate {
  /** The operator as it is afterwards. */
  readonly node: LogicalNode
  /** Whether it is known that an operator gets no records of it. */
  readonly isCutFrom: (consumer: LogicalNode) => boolean
  readonly message: string
}

function candidateOf(plan: OptimizedPlan, node: LogicalNode): Candidate | undefined {
  if (node.kind === 'filter') return deadFilter(plan, node)
  return node.kind === 'split' ? deadSplit(plan, node) : undefined
}

function deadFilter(plan: OptimizedPlan, node: LogicalNodeOf<'filter'>): Candidate | undefined {
  const holds = constantPredicate(plan.bodies.get(node.predicate))
  if (holds === undefined || holds !== node.negated || consumersOf(plan, node.id).length === 0) return undefined
  return { node, isCutFrom: () => true, message: 'lets nothing pass' }
}

function deadSplit(plan: OptimizedPlan, node: LogicalNodeOf<'split'>): Candidate | undefined {
  const branches: LogicalBranch[] = []
  for (const branch of node.branches) {
    const holds = branch.predicate === undefined || constantPredicate(plan.bodies.get(branch.predicate))
    if (holds === false) continue
    branches.push(holds === true ? { name: branch.name, predicate: undefined } : branch)
    if (holds === true) break
  }
  const left = new Set(branches.map((branch) => branch.name))
  const gone = node.branches.filter((branch) => !left.has(branch.name)).map((branch) => branch.name)
  if (gone.length === 0) return undefined
  return {
    node: { ...node, branches },
    isCutFrom: (consumer) => consumer.kind === 'branch' && !left.has(consumer.branch),
    message: `no record takes the branch ${gone.join(', ')}`,
  }
}

/** The plan without what only dead records reach, or why not. */
function cut(plan: OptimizedPlan, { node, isCutFrom, message }: Candidate): OptimizedPlan | string {
  const dead = new Set<NodeId>()
  const isDeadInput = (id: NodeId, consumer: LogicalNode): boolean =>
    dead.has(id) || (id === node.id && isCutFrom(consumer))
  const alive = aliveNodes(plan)
  for (const other of alive) {
    const inputs = inputsOf(other)
    if (inputs.length > 0 && inputs.every((id) => isDeadInput(id, other))) dead.add(other.id)
  }
  const pinned = alive.find(
    (other) => isPinned(plan.nodes, other) && inputsOf(other).some((id) => isDeadInput(id, other)),
  )
  if (pinned !== undefined) return `behind it stands ${pinned.label}, which is part of the topology`
  let cutPlan = withNode(plan, node)
  for (const other of alive) {
    // A merge lives as long as one of its inputs does.
    if (other.kind !== 'merge' || dead.has(other.id)) continue
    cutPlan = withNode(cutPlan, { ...other, inputs: other.inputs.filter((id) => !isDeadInput(id, other)) })
  }
  return drop(cutPlan, dead, [note(rule, node, message)])
}
