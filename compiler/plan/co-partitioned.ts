/**
 * Which topics must have the same partitions: those whose records meet by key in one operator. A key that stands in
 * partition 3 of one and in partition 1 of the other would never be joined, or be counted twice.
 */
import { exchangeOf, type ExchangeRole } from '../ir/exchange.js'
import { inputsOf } from '../ir/inputs-of.js'
import type { LogicalNode, LogicalNodeOf, NodeId } from '../ir/logical-plan.js'
import type { Exchange } from '../ir/physical-plan.js'
import type { ResolvedPlan } from '../ir/resolved-plan.js'
import type { CoPartitioned } from '../ir/topology.js'

export function coPartitioned(plan: ResolvedPlan, exchanges: readonly Exchange[]): readonly CoPartitioned[] {
  return plan.nodes.flatMap((node) => {
    if (!meetsByKey(plan, node)) return []
    if (node.kind === 'foreign-key-join') return sidesOfForeignKey(plan, exchanges, node)
    const topics = [...new Set(inputsOf(node).flatMap((_, port) => topicsOf(plan, exchanges, node, port)))]
    return topics.length < 2 ? [] : [{ node: node.id, operator: node.name ?? node.label, topics }]
  })
}

/** Each side of a foreign-key join meets what the other one sends to it, whatever the partitions of the other. */
function sidesOfForeignKey(
  plan: ResolvedPlan,
  exchanges: readonly Exchange[],
  node: LogicalNodeOf<'foreign-key-join'>,
): readonly CoPartitioned[] {
  const side = (input: NodeId, role: ExchangeRole): CoPartitioned => {
    const topics = [...topicsBehind(plan, exchanges, input), ...topicsOfExchange(exchanges, node, role)]
    return { node: node.id, operator: node.name ?? node.label, topics: [...new Set(topics)] }
  }
  return [side(node.left, 'subscription-response'), side(node.right, 'subscription-registration')]
}

function topicsOfExchange(exchanges: readonly Exchange[], node: LogicalNode, role: ExchangeRole): readonly string[] {
  return exchanges.filter((exchange) => exchange.node === node.id && exchange.role === role).map(({ topic }) => topic)
}

function meetsByKey(plan: ResolvedPlan, node: LogicalNode): boolean {
  // What is kept by key, and joins, which may keep nothing themselves. A global table is read whole everywhere.
  return (
    plan.states.has(node.id) ||
    (inputsOf(node).length === 2 && node.kind !== 'merge' && node.kind !== 'global-table-join')
  )
}

function topicsOf(
  plan: ResolvedPlan,
  exchanges: readonly Exchange[],
  node: LogicalNode,
  port: number,
): readonly string[] {
  const role = exchangeOf(plan.nodes, node, port)
  if (role !== undefined) return topicsOfExchange(exchanges, node, role)
  const input = inputsOf(node)[port]
  return input === undefined ? [] : topicsBehind(plan, exchanges, input)
}

function topicsBehind(plan: ResolvedPlan, exchanges: readonly Exchange[], id: NodeId): readonly string[] {
  const node = plan.nodes[id]
  if (node === undefined) throw new RangeError(`there is no node ${id}`)
  if (node.kind === 'source' || node.kind === 'table-source') return [node.topic.name]
  if (node.kind === 'global-table') return []
  if (node.kind === 'foreign-key-join') return topicsOfExchange(exchanges, node, 'subscription-response')
  return inputsOf(node).flatMap((_, port) => topicsOf(plan, exchanges, node, port))
}
