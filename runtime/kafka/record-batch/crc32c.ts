/**
 * CRC-32C (Castagnoli), the checksum of record batches. Native when the optional @node-rs/crc32 is installed, else
 * slicing-by-8: eight table look-ups for eight bytes.
 */
import { createRequire } from 'node:module'

type Crc32c = (bytes: Uint8Array) => number

/** Eight tables of 256 entries, one after the other: table n is for a byte that n more bytes follow. */
const buildTables = (): Int32Array => {
  const tables = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
    tables[byte] = crc
  }
  for (let index = 256; index < tables.length; index++) {
    const crc = tables[index - 256]!
    tables[index] = (crc >>> 8) ^ tables[crc & 0xff]!
  }
  return tables
}

const T = buildTables()

/** The portable version; exported to be compared with the native one. */
export const portableCrc32c: Crc32c = (bytes) => {
  let crc = -1
  let p = 0
  for (const blocks = bytes.length - 7; p < blocks; p += 8) {
    crc ^= bytes[p]! | (bytes[p + 1]! << 8) | (bytes[p + 2]! << 16) | (bytes[p + 3]! << 24)
    crc =
      T[0x700 | (crc & 0xff)]! ^
      T[0x600 | ((crc >>> 8) & 0xff)]! ^
      T[0x500 | ((crc >>> 16) & 0xff)]! ^
      T[0x400 | (crc >>> 24)]! ^
      T[0x300 | bytes[p + 4]!]! ^
      T[0x200 | bytes[p + 5]!]! ^
      T[0x100 | bytes[p + 6]!]! ^
      T[bytes[p + 7]!]!
  }
  for (; p < bytes.length; p++) crc = (crc >>> 8) ^ T[(crc ^ bytes[p]!) & 0xff]!
  return (crc ^ -1) >>> 0
}

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
