/** What the optimise pass did to a plan, and what it left alone. */
import type { AppliedRule, OptimizedPlan } from '../ir/optimized-plan.js'
import { placeText } from './lambda-report.js'

export function optimizedText(plan: OptimizedPlan): string {
  const line = ({ rule, node, message }: AppliedRule): string => {
    const operator = plan.nodes[node]
    return `${rule}: ${operator?.label ?? '?'}: ${message} (${placeText(operator?.span)})`
  }
  const dropped = plan.nodes.filter((node) => plan.dropped.has(node.id)).map((node) => node.label)
  return [
    ...(plan.applied.length === 0 ? ['no rule applies'] : plan.applied.map(line)),
    ...plan.refused.map((note) => `not ${line(note)}`),
    ...(dropped.length === 0 ? [] : [`dropped: ${dropped.join(', ')}`]),
  ].join('\n')
}
