/** `map((value) => value)` is nothing, unless it gives the value another type. */
import { isDeepStrictEqual } from 'node:util'
import type { Lambda } from '../ir/lambda.js'
import type { LogicalNodeOf } from '../ir/logical-plan.js'
import type { AppliedRule, OptimizedPlan } from '../ir/optimized-plan.js'
import { aliveNodes, bypass, consumersOf } from './edit-plan.js'
import { note, type Rule } from './rule.js'

const rule = 'identity-maps'

export const identityMaps: Rule = {
  name: rule,
  apply(plan) {
    const refused: AppliedRule[] = []
    for (const node of aliveNodes(plan)) {
      if (node.kind !== 'map' || !isIdentity(plan.bodies.get(node.mapper))) continue
      if (consumersOf(plan, node.id).length === 0) continue
      const result = removed(plan, node)
      if (typeof result !== 'string') return { plan: result, refused: [] }
      refused.push(note(rule, node, result))
    }
    return { plan, refused }
  },
}

function removed(plan: OptimizedPlan, node: LogicalNodeOf<'map'>): OptimizedPlan | string {
  const before = plan.edges.get(node.input)?.value
  const after = plan.edges.get(node.id)?.value
  if (!isDeepStrictEqual(before, after)) return 'it gives the value another type'
  return bypass(plan, node, node.input, note(rule, node, 'gives back what it gets'))
}

function isIdentity(lambda: Lambda | undefined): boolean {
  if (lambda === undefined || lambda.opaque !== undefined) return false
  const [parameter] = lambda.parameters
  const [only, ...more] = lambda.body
  if (parameter === undefined || only?.kind !== 'return' || more.length > 0) return false
  return only.value?.kind === 'local' && only.value.local === parameter.id
}
