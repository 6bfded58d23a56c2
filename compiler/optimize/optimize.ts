/**
 * Step 6: named rules on the graph until none applies any more, each of which can be switched off and says what it
 * refuses. What later passes do by themselves is no rule here: streams of one topic are one input anyway, and what
 * happens within a sub-topology is fused. Nothing that can throw on valid data is ever removed.
 */
import type { LogicalNode } from '../ir/logical-plan.js'
import type { Disabled } from '../ir/optimizations.js'
import type { AppliedRule, OptimizedPlan } from '../ir/optimized-plan.js'
import type { ResolvedPlan } from '../ir/resolved-plan.js'
import { assertOptimized } from './assert-optimized.js'
import { deadBranches } from './dead-branches.js'
import { deadOperators } from './dead-operators.js'
import { identityMaps } from './identity-maps.js'
import type { Rule } from './rule.js'
import { singleMerges } from './single-merges.js'

const rules: readonly Rule[] = [deadBranches, singleMerges, identityMaps, deadOperators]

export function optimize(resolved: ResolvedPlan, disabled: Disabled = new Set()): OptimizedPlan {
  const enabled = rules.filter((rule) => !disabled.has(rule.name))
  let plan: OptimizedPlan = { ...resolved, dropped: new Set(), applied: [], refused: [] }
  for (;;) {
    const round = applyAll(enabled, plan)
    if (round.plan === plan) {
      assertOptimized(resolved, plan)
      return { ...plan, refused: inOrder(plan.nodes, round.refused) }
    }
    plan = round.plan
  }
}

/** Every rule once; each application removes something, so that rounds come to an end. */
function applyAll(enabled: readonly Rule[], start: OptimizedPlan): ReturnType<Rule['apply']> {
  const refused: AppliedRule[] = []
  let plan = start
  for (const rule of enabled) {
    const result = rule.apply(plan)
    plan = result.plan
    refused.push(...result.refused)
  }
  return { plan, refused }
}

function inOrder(nodes: readonly LogicalNode[], notes: readonly AppliedRule[]): readonly AppliedRule[] {
  return nodes.flatMap((node) => notes.filter((note) => note.node === node.id))
}
