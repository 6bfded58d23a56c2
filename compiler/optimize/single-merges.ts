/** A merge of one stream is that stream; merges become so when branches die. */
import { aliveNodes, bypass, consumersOf } from './edit-plan.js'
import { note, type Rule } from './rule.js'
import type { AppliedRule } from '../ir/optimized-plan.js'

const rule = 'single-merges'

export const singleMerges: Rule = {
  name: rule,
  apply(plan) {
    const refused: AppliedRule[] = []
    for (const node of aliveNodes(plan)) {
      if (node.kind !== 'merge' || consumersOf(plan, node.id).length === 0) continue
      const [input, ...more] = node.inputs
      if (input === undefined || more.length > 0) continue
      const result = bypass(plan, node, input, note(rule, node, 'merges a single stream'))
      if (typeof result !== 'string') return { plan: result, refused: [] }
      refused.push(note(rule, node, result))
    }
    return { plan, refused }
  },
}
