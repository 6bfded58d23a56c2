/**
 * Drops operators whose records reach no sink and no effect. An operator stays when its lambda may throw or have an
 * effect: a throw is what the error policy is for.
 */
import type { LambdaId, LogicalNode } from '../ir/logical-plan.js'
import type { AppliedRule, OptimizedPlan } from '../ir/optimized-plan.js'
import { aliveNodes, consumersOf, drop } from './edit-plan.js'
import { Harmless } from './harmless.js'
import { note, type Rule } from './rule.js'

const rule = 'dead-operators'

export const deadOperators: Rule = {
  name: rule,
  apply(plan) {
    const harmless = new Harmless(plan)
    const refused: AppliedRule[] = []
    let smaller = plan
    // From the end, so that what stands before a dead operator is seen to be dead, too.
    for (const node of aliveNodes(plan).toReversed()) {
      if (consumersOf(smaller, node.id).length > 0) continue
      const reason = reasonToStay(plan, harmless, node)
      if (reason === 'effect') continue
      if (reason === undefined) smaller = drop(smaller, [node.id], [note(rule, node, 'nobody reads its records')])
      else refused.push(note(rule, node, reason))
    }
    return { plan: smaller, refused }
  },
}

/** undefined: it can go. `effect`: it is there for what it does. */
function reasonToStay(plan: OptimizedPlan, harmless: Harmless, node: LogicalNode): string | undefined {
  const lambdas = (...ids: readonly (LambdaId | undefined)[]): string | undefined =>
    ids.every((id) => id === undefined || harmless.lambda(plan.bodies.get(id)))
      ? undefined
      : 'nobody reads its records, but its lambda may throw or have an effect'
  switch (node.kind) {
    case 'filter':
    case 'table-filter':
      return lambdas(node.predicate)
    case 'map':
    case 'table-map':
      return lambdas(node.mapper)
    case 'global-table-join':
      return lambdas(node.key, node.joiner)
    case 'select-key':
      return lambdas(node.selector)
    case 'split':
      return lambdas(...node.branches.map((branch) => branch.predicate))
    case 'merge':
    // Whether a record takes a branch is decided by the split; the branch is only where it can be had.
    case 'branch':
    case 'process-output':
    case 'cogroup':
    case 'window':
    case 'to-stream':
      return undefined
    case 'flat-map':
    case 'map-record':
      return 'nobody reads its records, but a result of the wrong shape is an error'
    case 'source':
    case 'table-source':
    case 'global-table':
      return 'nobody reads its records, but being subscribed to a topic is an effect'
    case 'repartition':
    case 'group-by':
    case 'group-table':
    case 'group-by-key':
      return 'nobody reads its records, but its topic is part of the topology'
    case 'process':
    case 'dedupe':
    case 'aggregate':
    case 'to-table':
    case 'suppress':
    case 'late':
    case 'stream-join':
    case 'stream-table-join':
    case 'table-join':
    case 'foreign-key-join':
      return 'nobody reads its table, but its state is part of the topology'
    case 'peek':
    case 'print':
    case 'for-each':
    case 'to':
      return 'effect'
  }
}
