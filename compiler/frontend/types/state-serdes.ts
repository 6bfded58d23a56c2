/** Serdes of the rows that operators keep: keys as they are grouped, values as the table has them; neither is ever null. */
import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { accumulatorOf } from '../../ir/accumulator.js'
import { placeOf } from '../../ir/exchange.js'
import { LIFETIME_PORT, lifetimeOf } from '../../ir/lifetime.js'
import type { LogicalNode, NodeId } from '../../ir/logical-plan.js'
import type { ResolvedSerde, ResolvedTopic, RowsPort, SideRows } from '../../ir/resolved-plan.js'
import { isStored, keepsWhatWas, needsOldRows, ownSides, windowedAggregateOf } from '../../ir/rows.js'
import { serdeOf, serdeOfType, type KnownTypes } from './repartition-serdes.js'

/** Empty: the operator keeps nothing. undefined: something is wrong, the diagnostics say what. */
export function stateSerdes(
  node: LogicalNode,
  known: KnownTypes,
  diagnostics: Diagnostic[],
): readonly SideRows[] | undefined {
  const found = rowsOfNode(node, known, diagnostics)
  const [own] = found ?? []
  if (lifetimeOf(node) === undefined || own === undefined) return found
  // When keys were changed last stands beside the rows.
  const changed: SideRows = {
    port: LIFETIME_PORT,
    serdes: { key: own.serdes.key, value: { kind: 'bytes', nullable: false } },
  }
  return [...(found ?? []), changed]
}

function rowsOfNode(node: LogicalNode, known: KnownTypes, diagnostics: Diagnostic[]): readonly SideRows[] | undefined {
  const { nodes } = known.plan
  switch (node.kind) {
    case 'aggregate': {
      const key = serdeOf(node, groupsOf(nodes, node.input), 'key', known, diagnostics)
      const { value: type } = accumulatorOf(known, node)
      // Without a value, the row is numbers.
      const value: ResolvedSerde | undefined =
        type === undefined ? { kind: 'double', nullable: false } : serdeOfType(node, type, 'value', known, diagnostics)
      return rows(0, key, value)
    }
    case 'table-source':
    case 'global-table': {
      const topic = known.topics.get(placeOf(node.id))
      const stored = node.kind === 'global-table' || isStored(nodes, node)
      return stored ? rows(0, topic?.key, topic?.value) : []
    }
    case 'to-table':
      return isStored(nodes, node) ? sideOf(node, 0, node.input, known, diagnostics) : []
    case 'table-filter':
    case 'table-map': {
      const type = known.edges.get(node.id)?.value
      if (!keepsWhatWas(nodes, node) || type === undefined) return []
      const key = serdeOf(node, node.input, 'key', known, diagnostics)
      return rows(0, key, serdeOfType(node, type, 'value', known, diagnostics))
    }
    case 'late':
      // Its rows are bounds of sessions, or times.
      return rows(0, serdeOf(node, groupsOf(nodes, node.input), 'key', known, diagnostics), {
        kind: 'double',
        nullable: false,
      })
    case 'suppress': {
      const windowed = windowedAggregateOf(nodes, node.input)
      const groups = windowed === undefined ? node.input : groupsOf(nodes, windowed.input)
      const value = serdeOf(node, node.input, 'value', known, diagnostics)
      const held = rows(0, serdeOf(node, groups, 'key', known, diagnostics), value)
      if (!needsOldRows(nodes, node.id) || held === undefined) return held
      const emitted = rows(2, serdeOf(node, node.input, 'key', known, diagnostics), value)
      return emitted && [...held, ...emitted]
    }
    case 'stream-join':
    case 'stream-table-join':
    case 'table-join': {
      const waits = node.kind === 'stream-table-join' && node.grace !== undefined
      const ports = waits ? [0 as const, ...ownSides(nodes, node)] : ownSides(nodes, node)
      const sides = ports.map((port) => sideOf(node, port, port === 0 ? node.left : node.right, known, diagnostics))
      return sides.some((side) => side === undefined) ? undefined : sides.flatMap((side) => side ?? [])
    }
    case 'foreign-key-join': {
      const sides = ownSides(nodes, node).map((port) =>
        sideOf(node, port, port === 0 ? node.left : node.right, known, diagnostics),
      )
      const key = serdeOf(node, node.left, 'key', known, diagnostics)
      const type = known.edges.get(node.id)?.value
      const result = isStored(nodes, node)
        ? rows(2, key, type && serdeOfType(node, type, 'value', known, diagnostics))
        : []
      const subscriptions = rows(3, serdeOf(node, node.right, 'key', known, diagnostics), key)
      const all = [...sides, result, subscriptions]
      return all.some((side) => side === undefined) ? undefined : all.flatMap((side) => side ?? [])
    }
    default:
      return []
  }
}

function sideOf(
  node: LogicalNode,
  port: 0 | 1,
  input: NodeId,
  known: KnownTypes,
  diagnostics: Diagnostic[],
): readonly SideRows[] | undefined {
  const key = serdeOf(node, input, 'key', known, diagnostics)
  return rows(port, key, serdeOf(node, input, 'value', known, diagnostics))
}

function rows(
  port: RowsPort,
  key: ResolvedSerde | undefined,
  value: ResolvedSerde | undefined,
): readonly SideRows[] | undefined {
  if (key === undefined || value === undefined) return undefined
  const serdes: ResolvedTopic = { key: { ...key, nullable: false }, value: { ...value, nullable: false } }
  return [{ port, serdes }]
}

function groupsOf(nodes: readonly LogicalNode[], id: NodeId): NodeId {
  const node = nodes[id]
  if (node?.kind === 'window') return groupsOf(nodes, node.input)
  // The groups of a cogroup have one key.
  return node?.kind === 'cogroup' ? (node.inputs[0] ?? id) : id
}
