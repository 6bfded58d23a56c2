/**
 * Drops operators whose records reach no sink and no effect. Refuses operators whose lambda may throw or have an effect:
 * a throw is what the error policy is for. Their lambda is understood and free of calls of anything but known functions.
 */
import type { Expression, Lambda, Statement } from '../ir/lambda.js'
import type { LambdaId, LogicalNode, NodeId } from '../ir/logical-plan.js'
import type { OptimizedPlan } from '../ir/optimized-plan.js'

export function deadOperators(plan: OptimizedPlan): OptimizedPlan {
  const dead = new Set<NodeId>()
  for (const node of plan.nodes.toReversed()) {
    const consumers = plan.nodes.filter((other) => inputsOf(other).includes(node.id))
    const unread = consumers.every((consumer) => dead.has(consumer.id))
    if (unread && isDroppable(plan, node)) dead.add(node.id)
  }
  const applied = [...dead].map((node) => ({
    rule: 'dead-operators' as const,
    node,
    message: 'nobody reads its records, and it can neither fail nor have an effect',
  }))
  return { ...plan, dropped: new Set([...plan.dropped, ...dead]), applied: [...plan.applied, ...applied] }
}

function inputsOf(node: LogicalNode): readonly NodeId[] {
  if (node.kind === 'source') return []
  return node.kind === 'merge' ? node.inputs : [node.input]
}

function isDroppable(plan: OptimizedPlan, node: LogicalNode): boolean {
  const harmless = (id: LambdaId): boolean => {
    const lambda = plan.bodies.get(id)
    return lambda !== undefined && isHarmless(lambda)
  }
  switch (node.kind) {
    case 'filter':
      return harmless(node.predicate)
    case 'map':
      return harmless(node.mapper)
    case 'select-key':
      return harmless(node.selector)
    case 'split':
      return node.branches.every((branch) => branch.predicate === undefined || harmless(branch.predicate))
    case 'merge':
      return true
    case 'branch':
      // A branch takes its records away from the others, whoever reads it.
      return false
    // The result must be of a certain shape, so these can fail.
    case 'flat-map':
    case 'map-record':
      return false
    case 'source':
    case 'peek':
    case 'print':
    case 'for-each':
    case 'repartition':
    case 'to':
      return false
  }
}

/** Only looks at fields that are there, compares and computes with numbers, strings and booleans. */
function isHarmless(lambda: Lambda): boolean {
  return lambda.opaque === undefined && lambda.body.every(isHarmlessStatement)
}

function isHarmlessStatement(node: Statement): boolean {
  switch (node.kind) {
    case 'let':
      return node.init === undefined || isHarmlessExpression(node.init)
    case 'return':
      return node.value === undefined || isHarmlessExpression(node.value)
    case 'if':
      return (
        isHarmlessExpression(node.test) &&
        node.then.every(isHarmlessStatement) &&
        node.otherwise.every(isHarmlessStatement)
      )
    default:
      return false
  }
}

function isHarmlessExpression(node: Expression): boolean {
  switch (node.kind) {
    case 'literal':
    case 'local':
    case 'capture':
      return true
    case 'member':
      return isHarmlessExpression(node.object) && (node.optional || node.object.type.kind === 'record')
    case 'binary':
      return isScalar(node.left) && isScalar(node.right) && node.operator !== 'in' && node.operator !== 'instanceof'
    case 'logical':
      return isHarmlessExpression(node.left) && isHarmlessExpression(node.right)
    case 'conditional':
      return [node.test, node.then, node.otherwise].every(isHarmlessExpression)
    case 'template':
      return node.expressions.every(isScalar)
    case 'object':
      return node.members.every((item) => item.kind === 'property' && isHarmlessExpression(item.value))
    default:
      return false
  }
}

function isScalar(node: Expression): boolean {
  const kinds = node.type.kind === 'union' ? node.type.types : [node.type]
  const plain = kinds.every((type) =>
    ['null', 'undefined', 'boolean', 'number', 'string', 'literal'].includes(type.kind),
  )
  return plain && isHarmlessExpression(node)
}
