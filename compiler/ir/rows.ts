/** Where the rows of tables are kept, and who knows what a row was before. */
import { inputsOf } from './inputs-of.js'
import { lifetimeOf } from './lifetime.js'
import type { LogicalNode, LogicalNodeOf, NodeId } from './logical-plan.js'
import type { RowsPort } from './resolved-plan.js'
import { silentFilters, type TableOperator } from './silent-filters.js'
import { windowOf } from './window-of.js'

export type JoinNode = LogicalNodeOf<'stream-join' | 'stream-table-join' | 'table-join' | 'foreign-key-join'>

/**
 * The operator that keeps the rows of one side of a join: the table itself where it has a store of the same key, else
 * the join. A table that both sides come of is kept twice: what one side says must not show on the other before its own
 * change has come.
 */
export function rowsOfSide(nodes: readonly LogicalNode[], join: JoinNode, port: 0 | 1): NodeId {
  const [side, other] = port === 0 ? [join.left, join.right] : [join.right, join.left]
  return keepsOwnRows(nodes, side) && !comesOf(nodes, other, side) ? side : join.id
}

/** Sides of a join whose rows the join keeps itself. */
export function ownSides(nodes: readonly LogicalNode[], join: JoinNode): readonly (0 | 1)[] {
  const sides: readonly (0 | 1)[] = join.kind === 'stream-table-join' ? [1] : [0, 1]
  return sides.filter((port) => rowsOfSide(nodes, join, port) === join.id)
}

/** Whether a table that may go without a store has one: it has a name, somebody looks its rows up, or what they were. */
export function isStored(
  nodes: readonly LogicalNode[],
  node: LogicalNodeOf<'table-source' | 'to-table' | 'foreign-key-join'>,
): boolean {
  if (node.name !== undefined || needsOldRows(nodes, node.id)) return true
  if (lifetimeOf(node) !== undefined) return true
  // Whether a version is the newest of its key is known where they are kept.
  if (node.kind === 'table-source' && node.history !== undefined) return true
  return nodes.some(
    (other) =>
      isJoin(other) && inputsOf(other).includes(node.id) && !ownSides(nodes, other).includes(portOf(other, node.id)),
  )
}

/** Whether somebody behind a table looks at what its rows were before. */
export function needsOldRows(nodes: readonly LogicalNode[], id: NodeId): boolean {
  return nodes.some((node) => {
    if (!inputsOf(node).includes(id)) return false
    switch (node.kind) {
      case 'group-table':
        return true
      case 'table-filter':
      case 'table-map':
        return looksBack(nodes, node) && !keepsWhatWas(nodes, node)
      case 'foreign-key-join':
        return node.left === id
      case 'table-join':
        return keepsAlone(node, portOf(node, id)) || needsOldRows(nodes, node.id)
      default:
        return false
    }
  })
}

/** Whether a filter or a map wants to know what a row was, for itself or for what is behind it. */
export function looksBack(nodes: readonly LogicalNode[], node: LogicalNodeOf<'table-filter' | 'table-map'>): boolean {
  return (node.kind === 'table-filter' && staysSilent(nodes, node)) || needsOldRows(nodes, node.id)
}

/**
 * Whether a filter or a map with a name keeps its rows, to tell what they were: where the table before it tells something
 * else. Kafka Streams always asks the store that the name stands for.
 */
export function keepsWhatWas(
  nodes: readonly LogicalNode[],
  node: LogicalNodeOf<'table-filter' | 'table-map'>,
): boolean {
  return node.name !== undefined && mistakesOldRows(nodes, node.input) && looksBack(nodes, node)
}

/** Whether what a table tells of a row before may be something that it never was. */
function mistakesOldRows(nodes: readonly LogicalNode[], id: NodeId): boolean {
  const node = nodeOf(nodes, id)
  switch (node.kind) {
    case 'aggregate': {
      // A new row is told to have been what aggregates begin with; sliding windows and sessions come of others.
      if (nodeOf(nodes, node.input).kind === 'group-table') return false
      const window = windowOf(nodes, node)
      return node.aggregation.kind !== 'reduce' || (window !== undefined && window.kind !== 'time')
    }
    case 'table-source':
      return node.history !== undefined
    case 'table-filter':
    case 'table-map':
      return node.name === undefined && mistakesOldRows(nodes, node.input)
    case 'table-join':
      return mistakesOldRows(nodes, node.left) || mistakesOldRows(nodes, node.right)
    default:
      return false
  }
}

/** Whether a filter or a map makes of a table with versions one without: it has a store, which keeps the newest row only. */
export function losesVersions(
  nodes: readonly LogicalNode[],
  node: LogicalNodeOf<'table-filter' | 'table-map'>,
): boolean {
  return node.name !== undefined && historyOf(nodes, node.input) !== undefined
}

/** Whether somebody keeps rows of the table with their times, to join others with them. */
export function showsTimes(nodes: readonly LogicalNode[], id: NodeId): boolean {
  return nodes.some((node) => {
    if (!inputsOf(node).includes(id)) return false
    if (node.kind === 'table-filter' || node.kind === 'table-map') {
      return node.name === undefined && showsTimes(nodes, node.id)
    }
    return node.kind === 'table-join' || (node.kind === 'foreign-key-join' && node.right === id)
  })
}

/** Whether the result has what this side has without a partner. */
export function keepsAlone(node: LogicalNodeOf<'table-join' | 'stream-join'>, port: 0 | 1): boolean {
  return port === 0 ? node.join !== 'inner' : node.join === 'outer'
}

/** Whether a filter says nothing of rows that never passed, as Kafka Streams has it. */
export function staysSilent(nodes: readonly LogicalNode[], filter: LogicalNodeOf<'table-filter'>): boolean {
  if (historyOf(nodes, filter.input) !== undefined) return false
  let silent = silentOf.get(nodes)
  if (silent === undefined) {
    silent = silentFilters(nodes.map(tableOperator))
    silentOf.set(nodes, silent)
  }
  return silent.has(filter.id)
}

const silentOf = new WeakMap<readonly LogicalNode[], ReadonlySet<number>>()

function tableOperator(node: LogicalNode): TableOperator {
  const { id, kind, name } = node
  return { id, kind, inputs: inputsOf(node), isNamed: name !== undefined, join: 'join' in node ? node.join : undefined }
}

/** The aggregate that the windows of a table are of; undefined: its keys have none. */
export function windowedAggregateOf(nodes: readonly LogicalNode[], id: NodeId): LogicalNodeOf<'aggregate'> | undefined {
  const node = nodeOf(nodes, id)
  switch (node.kind) {
    case 'aggregate':
      return windowOf(nodes, node) === undefined ? undefined : node
    case 'table-filter':
    case 'table-map':
    case 'suppress':
      return windowedAggregateOf(nodes, node.input)
    case 'table-join':
      return windowedAggregateOf(nodes, node.left)
    default:
      return undefined
  }
}

/** How far back the versions of a table go, ms; undefined: it has only the newest values. */
export function historyOf(nodes: readonly LogicalNode[], id: NodeId): number | undefined {
  const node = nodeOf(nodes, id)
  switch (node.kind) {
    case 'table-source':
      return node.history
    case 'table-filter':
    case 'table-map':
      return node.name === undefined ? historyOf(nodes, node.input) : undefined
    default:
      return undefined
  }
}

/** How far back the rows go that an operator keeps; undefined: it keeps only the newest values. */
export function historyOfRows(nodes: readonly LogicalNode[], node: LogicalNode, port: RowsPort): number | undefined {
  if (node.kind === 'table-source') return node.history
  return node.kind === 'stream-table-join' && port === 1 ? historyOf(nodes, node.right) : undefined
}

function keepsOwnRows(nodes: readonly LogicalNode[], id: NodeId): boolean {
  const node = nodeOf(nodes, id)
  // What a declared aggregate keeps is not yet its result.
  if (node.kind === 'aggregate') return windowOf(nodes, node) === undefined && node.aggregation.kind !== 'declared'
  return node.kind === 'table-source' || node.kind === 'to-table' || node.kind === 'foreign-key-join'
}

/** Whether records of `id` can come of those of `origin` without leaving the sub-topology or not. */
function comesOf(nodes: readonly LogicalNode[], id: NodeId, origin: NodeId): boolean {
  return id === origin || inputsOf(nodeOf(nodes, id)).some((input) => comesOf(nodes, input, origin))
}

const joinKinds: ReadonlySet<string> = new Set(['stream-join', 'stream-table-join', 'table-join', 'foreign-key-join'])

function isJoin(node: LogicalNode): node is JoinNode {
  return joinKinds.has(node.kind)
}

function portOf(node: JoinNode, input: NodeId): 0 | 1 {
  return node.left === input ? 0 : 1
}

function nodeOf(nodes: readonly LogicalNode[], id: NodeId): LogicalNode {
  const node = nodes[id]
  if (node === undefined) throw new RangeError(`there is no node ${id}`)
  return node
}
