/** Numbers of Avro into a buffer with room for them; values of a wrong kind are refused with their path. */
import { AvroEncodeError, show } from '../../avro/encode.js'

export function mismatch(expected: string, value: unknown, path: string): never {
  throw new AvroEncodeError(
    value === undefined ? `the value is missing; expected ${expected}` : `expected ${expected}, not ${show(value)}`,
    path,
  )
}

export function intOf(value: unknown, path: string): number {
  if (typeof value !== 'number' || value !== (value | 0)) mismatch('a whole number of 32 bits', value, path)
  return value
}

export function numberOf(value: unknown, path: string): number {
  if (typeof value !== 'number') mismatch('a number', value, path)
  return value
}

export function booleanOf(value: unknown, path: string): number {
  if (typeof value !== 'boolean') mismatch('a boolean', value, path)
  return value ? 1 : 0
}

export function textOf(value: unknown, path: string): string {
  if (typeof value !== 'string') mismatch('a string', value, path)
  return value
}

/** Index of an enum's symbol. */
export function symbolOf(value: unknown, symbols: readonly string[], name: string, path: string): number {
  for (let index = 0; index < symbols.length; index++) if (symbols[index] === value) return index
  throw new AvroEncodeError(`${show(value)} is no symbol of ${name} (${symbols.join(', ')})`, path)
}

export function writeLong(out: Uint8Array, position: number, value: unknown, path: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    mismatch('a whole number within ±(2^53 - 1)', value, path)
  }
  return writeZigzag(out, position, value)
}

/** Ms since the epoch of a Date, which is NaN when it is invalid. */
export function writeTime(out: Uint8Array, position: number, value: number, path: string): number {
  if (Number.isNaN(value)) throw new AvroEncodeError('expected a valid Date, not a Date', path)
  return writeZigzag(out, position, value)
}

function writeZigzag(out: Uint8Array, position: number, value: number): number {
  if (value >= -1_073_741_824 && value < 1_073_741_824) {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0
    while (rest > 127) {
      out[position++] = (rest & 127) | 128
      rest >>>= 7
    }
    out[position++] = rest
    return position
  }
  // Twice a safe integer may not be one: the lowest seven bits of the zigzag form are taken apart from the others.
  const natural = value < 0 ? -(value + 1) : value
  let high = Math.floor(natural / 64)
  out[position++] = ((natural % 64) * 2 + (value < 0 ? 1 : 0)) | 128
  while (high > 127) {
    out[position++] = (high % 128) | 128
    high = Math.floor(high / 128)
  }
  out[position++] = high
  return position
}

export function writeBigLong(out: Uint8Array, position: number, value: unknown, path: string): number {
  if (typeof value !== 'bigint' || value !== BigInt.asIntN(64, value)) mismatch('a bigint of 64 bits', value, path)
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  while (rest > 127n) {
    out[position++] = Number(rest & 127n) | 128
    rest >>= 7n
  }
  out[position++] = Number(rest)
  return position
}
