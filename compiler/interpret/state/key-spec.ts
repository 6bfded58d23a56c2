/** How the keys at an operator are written: as their source has them, or as the author says. */
import { inputsOf, type GraphNode } from '../../../dsl/model/graph.js'
import type { SerdeSpec } from '../../../dsl/model/serde-spec.js'
import type { ExchangeRole } from '../exchanges.js'

/** undefined: they are of the operators' own making, or from a subject of the schema lock. */
/** `ofGroups`: of windowed keys, that of what was grouped by. */
export function keySpecOf(nodes: readonly GraphNode[], id: number, ofGroups = false): SerdeSpec | undefined {
  const node = nodes[id]
  if (node === undefined) return undefined
  switch (node.kind) {
    case 'map-record':
    case 'select-key':
    case 'group-by':
    case 'group-table':
      return node.keySerde
    case 'repartition':
      return node.keySerde ?? keySpecOf(nodes, node.input, ofGroups)
    case 'process':
      return node.keepsKey ? keySpecOf(nodes, node.input, ofGroups) : undefined
    case 'source':
    case 'table-source':
    case 'global-table':
      return node.topic.key
    case 'aggregate':
      return ofGroups || nodes[node.input]?.kind !== 'window' ? keySpecOf(nodes, node.input, ofGroups) : undefined
    case 'merge': {
      const [first, ...others] = node.inputs.map((input) => keySpecOf(nodes, input, ofGroups))
      return others.every((other) => kindOf(other) === kindOf(first)) ? first : undefined
    }
    default: {
      const [input] = inputsOf(node)
      return input === undefined ? undefined : keySpecOf(nodes, input, ofGroups)
    }
  }
}

/** Of one of the node's internal topics. */
export function exchangedKeySpec(
  nodes: readonly GraphNode[],
  node: GraphNode,
  role: ExchangeRole,
): SerdeSpec | undefined {
  if ('keySerde' in node) return keySpecOf(nodes, node.id)
  const [left, right] = inputsOf(node)
  const input = role === 'right-repartition' || role === 'subscription-registration' ? right : left
  return input === undefined ? undefined : keySpecOf(nodes, input)
}

function kindOf(spec: SerdeSpec | undefined): SerdeSpec['kind'] | undefined {
  return spec?.kind === 'nullable' ? kindOf(spec.inner) : spec?.kind
}
