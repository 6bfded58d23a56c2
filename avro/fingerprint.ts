/**
 * Fingerprints of schemas. `rabinFingerprint` is the specification's CRC-64-AVRO of the parsing canonical form, used
 * in single-object encoding; `schemaFingerprint` is ours: it keeps logical types, and names slots of the schema lock.
 */
import { createHash } from 'node:crypto'
import { logicalCanonicalForm, parsingCanonicalForm } from './canonical.js'
import type { AvroSchema } from './schema.js'

/** SHA-256, in hex, of the canonical form with logical types: equal exactly when one decoder serves both schemas. */
export function schemaFingerprint(schema: AvroSchema): string {
  return createHash('sha256').update(logicalCanonicalForm(schema), 'utf8').digest('hex')
}

/** CRC-64-AVRO as an unsigned 64-bit number. */
export function rabinFingerprint(schema: AvroSchema): bigint {
  return crc64Avro(new TextEncoder().encode(parsingCanonicalForm(schema)))
}

/** The eight bytes of a Rabin fingerprint as single-object encoding has them: little-endian. */
export function rabinFingerprintBytes(schema: AvroSchema): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, rabinFingerprint(schema), true)
  return bytes
}

const empty = 0xc15d213aa4d7a795n

const table: readonly bigint[] = Array.from({ length: 256 }, (_, index) => {
  let value = BigInt(index)
  for (let bit = 0; bit < 8; bit++) value = (value >> 1n) ^ (value & 1n ? empty : 0n)
  return value
})

export function crc64Avro(bytes: Uint8Array): bigint {
  let value = empty
  for (const byte of bytes) value = (value >> 8n) ^ (table[Number((value ^ BigInt(byte)) & 0xffn)] ?? 0n)
  return value
}
