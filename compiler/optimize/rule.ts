/** What a rule of the optimiser is: a pure function that improves a plan where it can, and says where it does not. */
import type { LogicalNode } from '../ir/logical-plan.js'
import type { Optimization } from '../ir/optimizations.js'
import type { AppliedRule, OptimizedPlan } from '../ir/optimized-plan.js'

export interface Rule {
  readonly name: Optimization
  /** Applies it at one place at least, or gives back the very plan it got. */
  apply(plan: OptimizedPlan): RuleResult
}

export interface RuleResult {
  readonly plan: OptimizedPlan
  readonly refused: readonly AppliedRule[]
}

export function note(rule: Optimization, node: LogicalNode, message: string): AppliedRule {
  return { rule, node: node.id, message }
}
