/**
 * ResolvedPlan -> OptimizedPlan: named rules on the graph, each of which can be switched off and says what it refuses.
 * What the later passes do by themselves is no rule here: streams of one topic are one input anyway, and what happens
 * within a sub-topology is fused.
 */
import type { Disabled } from '../ir/optimizations.js'
import type { OptimizedPlan } from '../ir/optimized-plan.js'
import type { ResolvedPlan } from '../ir/resolved-plan.js'
import { deadOperators } from './dead-operators.js'

export function optimize(plan: ResolvedPlan, disabled: Disabled = new Set()): OptimizedPlan {
  const start: OptimizedPlan = { ...plan, dropped: new Set(), applied: [] }
  return disabled.has('dead-operators') ? start : deadOperators(start)
}
