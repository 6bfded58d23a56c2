/**
 * Kafka's default partitioner: MurmurHash2, 32 bit, of the serialized key, bit-compatible with the Java client, so
 * that topics written from both are co-partitioned.
 */
const SEED = 0x9747b28c
const M = 0x5bd1e995

/** Hash of `bytes[start, end)` as a signed 32-bit integer. */
export const murmur2 = (bytes: Uint8Array, start = 0, end = bytes.length): number => {
  const length = end - start
  const tail = start + (length & ~3)
  let hash = SEED ^ length
  for (let p = start; p < tail; p += 4) {
    let k =
      (bytes[p] as number) |
      ((bytes[p + 1] as number) << 8) |
      ((bytes[p + 2] as number) << 16) |
      ((bytes[p + 3] as number) << 24)
    k = Math.imul(k, M)
    k = Math.imul(k ^ (k >>> 24), M)
    hash = Math.imul(hash, M) ^ k
  }
  const rest = end - tail
  if (rest === 3) hash ^= (bytes[tail + 2] as number) << 16
  if (rest >= 2) hash ^= (bytes[tail + 1] as number) << 8
  if (rest >= 1) hash = Math.imul(hash ^ (bytes[tail] as number), M)
  hash = Math.imul(hash ^ (hash >>> 13), M)
  return hash ^ (hash >>> 15)
}

/** Java's `Utils.toPositive`: clears the sign bit. */
export const toPositive = (hash: number): number => hash & 0x7fffffff

/** The partition of a key among `partitions`. */
export const partitionForKey = (key: Uint8Array, start: number, end: number, partitions: number): number =>
  toPositive(murmur2(key, start, end)) % partitions
