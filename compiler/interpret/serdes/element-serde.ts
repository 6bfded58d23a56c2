/** How one key or value is read from and written to a topic. */
import type { GraphNode } from '../../../dsl/model/graph.js'
import type { ExchangeRole } from '../exchanges.js'
import type { Wire } from '../wire.js'

export interface ElementSerde {
  decode(wire: Wire): unknown
  encode(value: unknown): Wire
}

/** Serdes of both halves of a topic's records. */
export interface TopicSerdes {
  readonly key: ElementSerde
  readonly value: ElementSerde
}

/** `role`: of which of the node's internal topics. */
export type SerdesOfNode = (node: GraphNode, role: ExchangeRole | undefined) => TopicSerdes

/** A serde that only knows bytes of non-null values; see {@link elementSerde}. */
export interface BytesSerde {
  decode(bytes: Uint8Array): unknown
  encode(value: unknown): Uint8Array
}

export class SerdeError extends Error {
  override readonly name = 'SerdeError'
}

/** Adds null to a serde of bytes: on the wire it is no key, or a tombstone. */
export function elementSerde(serde: BytesSerde, nullable: boolean): ElementSerde {
  return {
    decode(wire) {
      if (wire === null) {
        if (nullable) return null
        throw new SerdeError('the record holds null where its serde allows none: declare it with nullable(…)')
      }
      if (wire instanceof Uint8Array) return serde.decode(wire)
      return wire.value
    },
    encode: (value) => (value === null || value === undefined ? null : serde.encode(value)),
  }
}
