/**
 * Logical plan -> physical plan: joins each operator to those that take its records, in declaration order, and names
 * the internal topic of each exchange: where the author wrote `repartition`, and before groups whose key may have changed.
 */
import { inputsOf } from '../ir/inputs-of.js'
import { exchangesOf } from '../ir/exchange.js'
import type { NodeId } from '../ir/logical-plan.js'
import type { Exchange, PhysicalOperator, PhysicalPlan } from '../ir/physical-plan.js'
import type { OptimizedPlan } from '../ir/optimized-plan.js'

export function plan(resolved: OptimizedPlan): PhysicalPlan {
  const consumers = new Map<NodeId, NodeId[]>(resolved.nodes.map((node) => [node.id, []]))
  const alive = resolved.nodes.filter((node) => !resolved.dropped.has(node.id))
  for (const node of alive) {
    for (const input of new Set(inputsOf(node))) consumers.get(input)?.push(node.id)
  }
  const operators = alive.map((node): PhysicalOperator => ({ node, consumers: consumers.get(node.id) ?? [] }))
  const exchanges = resolved.nodes.flatMap((node) =>
    exchangesOf(resolved.nodes, node).map((role): Exchange => ({
      node: node.id,
      role,
      topic: `${resolved.applicationId}-${node.name ?? node.label}-${role}`,
      partitions: node.kind === 'repartition' ? node.partitions : undefined,
    })),
  )
  return { operators, exchanges }
}
