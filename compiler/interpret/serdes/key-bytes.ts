/** Bytes of keys whose serde only their type says: as compiled code has them, but for Avro, which has none here. */
import { canonicalJson } from './json.js'
import { doubleSerde, int64Serde } from './primitives.js'

export function keyBytes(key: unknown): Uint8Array {
  switch (typeof key) {
    case 'string':
      return Buffer.from(key)
    case 'number':
      return doubleSerde.encode(key)
    case 'bigint':
      return BigInt.asIntN(64, key) === key ? int64Serde.encode(key) : Buffer.from(String(key))
    default:
      return key instanceof Uint8Array ? key : Buffer.from(canonicalJson(key))
  }
}
