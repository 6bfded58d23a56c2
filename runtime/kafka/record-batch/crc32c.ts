/**
 * CRC-32C (Castagnoli), the checksum of record batches. Native when the optional @node-rs/crc32 is installed, else
 * slicing-by-8: eight table look-ups for eight bytes.
 */
import { createRequire } from 'node:module'

type Crc32c = (bytes: Uint8Array) => number

const buildTables = (): Uint32Array[] => {
  const tables = Array.from({ length: 8 }, () => new Uint32Array(256))
  const [first] = tables
  if (first === undefined) return tables
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
    first[byte] = crc
  }
  for (let index = 1; index < 8; index++) {
    const previous = tables[index - 1] ?? first
    const table = tables[index] ?? first
    for (let byte = 0; byte < 256; byte++) {
      const crc = previous[byte] ?? 0
      table[byte] = (crc >>> 8) ^ (first[crc & 0xff] ?? 0)
    }
  }
  return tables
}

/** The portable version; exported to be compared with the native one. */
export const portableCrc32c: Crc32c = (() => {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = buildTables() as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ]
  const at = (table: Uint32Array, index: number): number => table[index & 0xff] as number
  return (bytes) => {
    let crc = 0xffffffff
    let position = 0
    for (const blocks = bytes.length - 7; position < blocks; position += 8) {
      const byte = (index: number): number => bytes[position + index] as number
      crc ^= byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24)
      crc =
        at(t7, crc) ^
        at(t6, crc >>> 8) ^
        at(t5, crc >>> 16) ^
        at(t4, crc >>> 24) ^
        at(t3, byte(4)) ^
        at(t2, byte(5)) ^
        at(t1, byte(6)) ^
        at(t0, byte(7))
    }
    for (; position < bytes.length; position++) crc = (crc >>> 8) ^ at(t0, crc ^ (bytes[position] as number))
    return (crc ^ 0xffffffff) >>> 0
  }
})()

const load = (): Crc32c => {
  try {
    const native = createRequire(import.meta.url)('@node-rs/crc32') as { readonly crc32c: Crc32c }
    return native.crc32c
  } catch {
    return portableCrc32c
  }
}

const implementation = load()

export const crc32c = (bytes: Buffer, start: number, end: number): number => implementation(bytes.subarray(start, end))
