/** The order of keys at an operator, which is that of their bytes as their serde writes them. */
import { inputsOf, type GraphNode } from '../../../dsl/model/graph.js'
import type { SerdeSpec } from '../../../dsl/model/serde-spec.js'
import { canonicalJson } from '../serdes/json.js'
import { compareKeys } from './key-bytes.js'

export type KeyOrder = (a: unknown, b: unknown) => number

export function keyOrderOf(nodes: readonly GraphNode[], id: number): KeyOrder {
  return hasJsonKeys(nodes, id) ? byJson : compareKeys
}

/** The quotes around a text come behind spaces and exclamation marks. */
const byJson: KeyOrder = (a, b) => Buffer.compare(Buffer.from(canonicalJson(a)), Buffer.from(canonicalJson(b)))

/** Whether keys are those of a topic that has them as JSON. */
function hasJsonKeys(nodes: readonly GraphNode[], id: number): boolean {
  const node = nodes[id]
  if (node === undefined) return false
  switch (node.kind) {
    case 'map-record':
    case 'select-key':
    case 'group-by':
    case 'group-table':
    case 'process':
      return false
    case 'source':
    case 'table-source':
    case 'global-table':
      return isJson(node.topic.key)
    default: {
      const [input] = inputsOf(node)
      return input !== undefined && hasJsonKeys(nodes, input)
    }
  }
}

function isJson(spec: SerdeSpec | undefined): boolean {
  return spec?.kind === 'nullable' ? isJson(spec.inner) : spec?.kind === 'json'
}
