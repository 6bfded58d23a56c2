/** Verifies what the rules promise: a plan of the same operators, without holes, that still does what it is there for. */
import { inputsOf } from '../ir/inputs-of.js'
import { isPinned } from '../ir/exchange.js'
import type { OptimizedPlan } from '../ir/optimized-plan.js'
import type { ResolvedPlan } from '../ir/resolved-plan.js'
import { aliveNodes } from './edit-plan.js'

export function assertOptimized(before: ResolvedPlan, after: OptimizedPlan): void {
  if (after.nodes.length !== before.nodes.length) throw new Error('the optimiser lost operators')
  for (const [index, node] of after.nodes.entries()) {
    if (node.id !== index || node.kind !== before.nodes[index]?.kind) throw new Error(`operator ${index} was replaced`)
  }
  for (const node of aliveNodes(after)) {
    if (node.kind === 'merge' && node.inputs.length === 0) throw new Error(`${node.label} merges nothing`)
    for (const input of inputsOf(node)) {
      if (input >= node.id) throw new Error(`${node.label} takes records of a later operator`)
      if (after.dropped.has(input)) throw new Error(`${node.label} takes records of an operator that was dropped`)
    }
  }
  for (const id of after.dropped) {
    const node = after.nodes[id]
    if (node !== undefined && isPinned(after.nodes, node)) throw new Error(`a ${node.kind} was dropped`)
  }
}
