/**
 * Variable-length numbers. Generated code reads those of one byte itself and calls these for the others; it finds the
 * end of the number by its own loop, so that no position has to be given back.
 */
import { RecordFormatError } from './errors.js'

/** Largest number of ms that a Date can hold. */
const MAX_TIME = 8.64e15

/** Unsigned, at most 32 bits: lengths and deltas of record batches, zigzag not undone. */
export function readVarint(bytes: Uint8Array, position: number): number {
  let value = 0
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = bytes[position++]
    if (byte === undefined) break
    value = (value | ((byte & 127) << shift)) >>> 0
    if (byte < 128) return value
  }
  throw new RecordFormatError('a length of more than 32 bits')
}

/** A long within ±(2^53 - 1). */
export function readLong(bytes: Uint8Array, position: number): number {
  const value = readWide(bytes, position)
  if (!Number.isSafeInteger(value)) {
    throw new RecordFormatError('a long beyond ±(2^53 - 1): choose bigint for the longs of the subject')
  }
  return value
}

/** A long as a float or double: the nearest number. */
export function readWide(bytes: Uint8Array, position: number): number {
  const start = position
  let low = 0
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = bytes[position++] ?? 128
    low |= (byte & 127) << shift
    if (byte < 128) return (low >>> 1) ^ -(low & 1)
  }
  let high = 0
  let factor = 1
  for (let shift = 28; shift < 49; shift += 7) {
    const byte = bytes[position++] ?? 128
    high += (byte & 127) * factor
    factor *= 128
    if (byte < 128) {
      const zigzag = high * 268_435_456 + low
      return low & 1 ? -(zigzag + 1) / 2 : zigzag / 2
    }
  }
  return Number(readBigLong(bytes, start))
}

export function readBigLong(bytes: Uint8Array, position: number): bigint {
  let zigzag = 0n
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = bytes[position++]
    if (byte === undefined) throw new RecordFormatError('the Avro data ends before the end of the value')
    zigzag |= BigInt(byte & 127) << shift
    if (byte < 128) {
      if (zigzag >= 1n << 64n) break
      return (zigzag >> 1n) ^ -(zigzag & 1n)
    }
  }
  throw new RecordFormatError('a number of more than 64 bits')
}

export function readInt(bytes: Uint8Array, position: number): number {
  const value = readWide(bytes, position)
  if (value !== (value | 0)) throw new RecordFormatError(`${value} does not fit an int`)
  return value
}

/** A length, which is never negative. */
export function readLength(bytes: Uint8Array, position: number): number {
  const value = readWide(bytes, position)
  if (value < 0) throw new RecordFormatError(`a negative length: ${value}`)
  if (value > 0x7fff_ffff) throw new RecordFormatError('the Avro data ends before the end of the value')
  return value
}

/** Ms since the epoch, as a Date can hold it. */
export function readTime(bytes: Uint8Array, position: number): number {
  const value = readWide(bytes, position)
  if (Math.abs(value) > MAX_TIME) throw new RecordFormatError(`${value} ms is beyond what a Date can hold`)
  return value
}

/** Items that may take no bytes at all which one block may hold. */
const MAX_EMPTY_ITEMS = 65_536

/** Refuses a block that claims more items than its bytes can hold; `least`: bytes that one item takes at least. */
export function checkItems(items: number, bytesLeft: number, least: number): void {
  if (least === 0 ? items > MAX_EMPTY_ITEMS : items > bytesLeft / least) {
    throw new RecordFormatError(`a block of ${items} items, with ${bytesLeft} bytes left`)
  }
}
