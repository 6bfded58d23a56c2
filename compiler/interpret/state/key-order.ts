/** The order of keys at an operator, which is that of their bytes as their serde writes them. */
import type { GraphNode } from '../../../dsl/model/graph.js'
import type { SerdeSpec } from '../../../dsl/model/serde-spec.js'
import { serdeOfKind } from '../serdes/of-kind.js'
import { compareKeys } from './key-bytes.js'
import { keySpecOf } from './key-spec.js'

export type KeyOrder = (a: unknown, b: unknown) => number

/** Of records without a key, which left joins keep. */
const NONE = new Uint8Array()

export function keyOrderOf(nodes: readonly GraphNode[], id: number): KeyOrder {
  const kind = nodes[id]?.kind
  return orderOf(keySpecOf(nodes, id, kind === 'aggregate' || kind === 'suppress'))
}

export function orderOf(spec: SerdeSpec | undefined): KeyOrder {
  if (spec?.kind === 'nullable') return orderOf(spec.inner)
  if (spec === undefined || spec.kind === 'avro') return compareKeys
  const serde = serdeOfKind(spec.kind)
  const bytes = (key: unknown): Uint8Array => (key === null || key === undefined ? NONE : serde.encode(key))
  return (a, b) => Buffer.compare(bytes(a), bytes(b))
}
