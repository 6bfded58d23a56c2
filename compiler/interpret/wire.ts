/**
 * What a key or value looks like between topics: bytes, null (no key, tombstone), or the value itself where its serde
 * has no schema at run time (an Avro topic in a file that runs uncompiled).
 */
import { keyBytes } from './serdes/key-bytes.js'

export class ByReference {
  readonly value: unknown
  /** Where they are known, although nobody could read the value from them. */
  readonly bytes: Uint8Array | undefined
  constructor(value: unknown, bytes?: Uint8Array) {
    this.value = value
    this.bytes = bytes
  }
}

export type Wire = Uint8Array | ByReference | null

/** Bytes to choose a partition by. A value by reference has none of its own: they are those of its type. */
export function partitionBytes(wire: Exclude<Wire, null>): Uint8Array {
  return wire instanceof Uint8Array ? wire : (wire.bytes ?? keyBytes(wire.value))
}
