/** A resolved plan, and what the optimise pass found out about it. Node ids stay: diagnostics and metrics name them. */
import type { NodeId } from './logical-plan.js'
import type { Optimization } from './optimizations.js'
import type { ResolvedPlan } from './resolved-plan.js'

export interface OptimizedPlan extends ResolvedPlan {
  /** Operators that take no records. */
  readonly dropped: ReadonlySet<NodeId>
  readonly applied: readonly AppliedRule[]
  /** Places that look like a rule's, and why it leaves them alone. */
  readonly refused: readonly AppliedRule[]
}

export interface AppliedRule {
  readonly rule: Optimization
  readonly node: NodeId
  /** What was done or why not, for `explain`. */
  readonly message: string
}
