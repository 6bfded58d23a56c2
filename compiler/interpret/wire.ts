/**
 * What a key or value looks like between topics: bytes, null (no key, tombstone), or the value itself where its serde
 * has no schema at run time (an Avro topic in a file that runs uncompiled).
 */
import { canonicalJson } from './serdes/json.js'

export class ByReference {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}

export type Wire = Uint8Array | ByReference | null

/** Bytes to choose a partition by. A value by reference has none of its own: a string's UTF-8, else canonical JSON. */
export function partitionBytes(wire: Exclude<Wire, null>): Uint8Array {
  if (wire instanceof Uint8Array) return wire
  return Buffer.from(typeof wire.value === 'string' ? wire.value : canonicalJson(wire.value))
}
