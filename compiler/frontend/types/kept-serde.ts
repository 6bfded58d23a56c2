/** The serde with which a key or value was read, or is said to be written, where it arrives unchanged. */
import { exchangeOf, placeOf, type PlaceId } from '../../ir/exchange.js'
import type { LogicalNode, NodeId } from '../../ir/logical-plan.js'
import type { ResolvedSerde } from '../../ir/resolved-plan.js'
import { windowOf } from '../../ir/window-of.js'
import type { KnownTypes } from './repartition-serdes.js'

/** undefined: what comes is of the operators' own making, and its type says how it is written. */
export function keptSerde(id: NodeId, role: 'key' | 'value', known: KnownTypes): ResolvedSerde | undefined {
  const { nodes } = known.plan
  const node = nodes[id]
  if (node === undefined) return undefined
  const kept = (input: NodeId): ResolvedSerde | undefined => keptSerde(input, role, known)
  const at = (place: PlaceId): ResolvedSerde | undefined => known.topics.get(place)?.[role]
  const exchanged = (other: LogicalNode): ResolvedSerde | undefined => {
    const own = exchangeOf(nodes, other, 0)
    return own && at(placeOf(other.id, own))
  }
  switch (node.kind) {
    case 'source':
    case 'table-source':
    case 'global-table':
      return at(placeOf(id))
    case 'repartition':
    case 'group-by':
      return at(placeOf(id, 'repartition'))
    case 'group-table':
      return role === 'key' ? at(placeOf(id, 'repartition')) : undefined
    case 'group-by-key':
    case 'to-table':
    case 'dedupe':
      return exchanged(node) ?? kept(node.input)
    case 'filter':
    case 'peek':
    case 'print':
    case 'split':
    case 'branch':
    case 'window':
    case 'late':
    case 'to-stream':
    case 'table-filter':
    case 'suppress':
      return kept(node.input)
    case 'map':
    case 'flat-map':
    case 'table-map':
      return role === 'key' ? kept(node.input) : undefined
    case 'select-key':
      return role === 'value' ? kept(node.input) : known.keys.get(id)
    case 'aggregate':
      return role === 'key' && windowOf(nodes, node) === undefined ? kept(node.input) : undefined
    case 'stream-table-join':
    case 'stream-join':
      return role === 'value' ? undefined : (exchanged(node) ?? kept(node.left))
    case 'global-table-join':
    case 'table-join':
    case 'foreign-key-join':
      return role === 'key' ? kept(node.left) : undefined
    case 'cogroup': {
      const [first] = node.inputs
      return role === 'key' && first !== undefined ? kept(first) : undefined
    }
    case 'merge': {
      const serdes = node.inputs.map(kept)
      const [first] = serdes
      return first !== undefined && serdes.every((serde) => serde !== undefined && isSame(serde, first))
        ? first
        : undefined
    }
    case 'process':
      return role === 'key' && node.keepsKey ? (exchanged(node) ?? kept(node.input)) : undefined
    case 'process-output': {
      const processor = nodes[node.input]
      return processor && kept(processor.id)
    }
    case 'map-record':
      return role === 'key' ? known.keys.get(id) : undefined
    case 'for-each':
    case 'to':
      return undefined
  }
}

/** What serdes without a schema write does not depend on where they come from. */
function isSame(left: ResolvedSerde, right: ResolvedSerde): boolean {
  if (left === right) return true
  if (left.kind === 'avro' || left.kind !== right.kind || left.nullable !== right.nullable) return false
  if (left.kind === 'json' && right.kind === 'json') return JSON.stringify(left.longs) === JSON.stringify(right.longs)
  return true
}
