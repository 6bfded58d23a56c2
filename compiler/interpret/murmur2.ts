/**
 * Murmur2 as Kafka's Java client computes it for its default partitioner; written for clearness, independent of the
 * runtime's.
 */
const SEED = 0x9747b28c
const M = 0x5bd1e995

export function murmur2(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let hash = SEED ^ bytes.length
  const whole = bytes.length - (bytes.length % 4)
  for (let i = 0; i < whole; i += 4) {
    let k = Math.imul(view.getInt32(i, true), M)
    k ^= k >>> 24
    hash = Math.imul(hash, M) ^ Math.imul(k, M)
  }
  for (let i = bytes.length - 1; i >= whole; i--) hash ^= (bytes[i] ?? 0) << (8 * (i - whole))
  if (whole < bytes.length) hash = Math.imul(hash, M)
  hash ^= hash >>> 13
  hash = Math.imul(hash, M)
  return hash ^ (hash >>> 15)
}

/** Partition of a keyed record. */
export function partitionFor(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions
}
