/** Where records change partition on their way: they go to an internal topic, and the operator goes on behind it. */
import { inputsOf } from './inputs-of.js'
import type { LogicalNode, NodeId } from './logical-plan.js'

/** What an internal topic of an operator is for; it is also how the topic's name ends. */
export type ExchangeRole =
  'repartition' | 'left-repartition' | 'right-repartition' | 'subscription-registration' | 'subscription-response'

/** Where a plan touches a topic: a source or sink, or one of an operator's internal topics. */
export type PlaceId = `${NodeId}` | `${NodeId}/${ExchangeRole}`

export function placeOf(node: NodeId, role?: ExchangeRole): PlaceId {
  return role === undefined ? `${node}` : `${node}/${role}`
}

export function nodeAt(place: PlaceId): NodeId {
  return Number.parseInt(place, 10)
}

/** undefined: a source or a sink. */
export function roleAt(place: PlaceId): ExchangeRole | undefined {
  const slash = place.indexOf('/')
  return slash < 0 ? undefined : (place.slice(slash + 1) as ExchangeRole)
}

export function exchangesOf(nodes: readonly LogicalNode[], node: LogicalNode): readonly ExchangeRole[] {
  switch (node.kind) {
    case 'repartition':
    case 'group-by':
    case 'group-table':
      return ['repartition']
    case 'group-by-key':
    case 'to-table':
    case 'dedupe':
      return keyMayHaveChanged(nodes, node.input) ? ['repartition'] : []
    case 'process':
      return node.gathers && keyMayHaveChanged(nodes, node.input) ? ['repartition'] : []
    case 'stream-table-join':
      return keyMayHaveChanged(nodes, node.left) ? ['repartition'] : []
    case 'stream-join':
      return [
        ...(keyMayHaveChanged(nodes, node.left) ? (['left-repartition'] as const) : []),
        ...(keyMayHaveChanged(nodes, node.right) ? (['right-repartition'] as const) : []),
      ]
    case 'foreign-key-join':
      return ['subscription-registration', 'subscription-response']
    default:
      return []
  }
}

/** Through which internal topic an operator gets the records of one of its inputs; undefined: as they are. */
export function exchangeOf(nodes: readonly LogicalNode[], node: LogicalNode, port: number): ExchangeRole | undefined {
  return exchangesOf(nodes, node).find((role) => portOf(role) === port && role !== 'subscription-response')
}

/** Which input of its operator goes through it; a response belongs to what comes from the right. */
export function portOf(role: ExchangeRole): 0 | 1 {
  return role === 'right-repartition' || role === 'subscription-response' ? 1 : 0
}

/** Its topics are part of the topology: it stays, whatever becomes of its records. */
export function isPinned(nodes: readonly LogicalNode[], node: LogicalNode): boolean {
  switch (node.kind) {
    case 'source':
    case 'table-source':
    case 'global-table':
    case 'to-table':
    case 'process':
    case 'dedupe':
    case 'suppress':
    case 'late':
    case 'aggregate':
    case 'stream-join':
    case 'stream-table-join':
    case 'table-join':
      return true
    default:
      return exchangesOf(nodes, node).length > 0
  }
}

/** Whether records that come out of a node may stand in a partition that is not that of their key. */
function keyMayHaveChanged(nodes: readonly LogicalNode[], id: NodeId): boolean {
  const node = nodes[id]
  if (node === undefined) throw new RangeError(`there is no node ${id}`)
  switch (node.kind) {
    case 'map-record':
    case 'select-key':
      return true
    case 'process':
      return !node.keepsKey || (!node.gathers && keyMayHaveChanged(nodes, node.input))
    case 'dedupe':
      return false
    case 'repartition':
    case 'to-stream':
    case 'to-table':
    case 'stream-join':
    case 'stream-table-join':
      return false
    default:
      return inputsOf(node).some((input) => keyMayHaveChanged(nodes, input))
  }
}
