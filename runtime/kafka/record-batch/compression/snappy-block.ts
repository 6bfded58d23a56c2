/**
 * Decompresses one raw Snappy block in JavaScript, for installations without the native package. The format is
 * a length as varint, then literals and copies; the two low bits of a tag byte tell which.
 */
import { DecompressionError, tooManyBytes } from '../errors.js'

const corrupt = (reason: string): DecompressionError => new DecompressionError('snappy', reason)

/** The decompressed length that a block declares, and the position after it. */
export const snappyLength = (bytes: Buffer, start: number, end: number): { length: number; position: number } => {
  let length = 0
  let position = start
  for (let scale = 1; position < end && scale <= 2 ** 28; scale *= 0x80) {
    const byte = bytes.readUInt8(position++)
    length += (byte & 0x7f) * scale
    if (byte < 0x80) return { length, position }
  }
  throw corrupt('no length')
}

const readLittleEndian = (bytes: Buffer, position: number, width: number, end: number): number => {
  if (position + width > end) throw corrupt('cut off')
  return width === 0 ? 0 : bytes.readUIntLE(position, width)
}

/** Copies within the output; source and target overlap when the distance is shorter than the length. */
const copyBack = (output: Buffer, position: number, distance: number, length: number): void => {
  if (distance === 0 || distance > position) throw corrupt(`copy from ${distance} bytes before position ${position}`)
  if (position + length > output.length) throw corrupt('more bytes than declared')
  if (distance >= length) {
    output.copyWithin(position, position - distance, position - distance + length)
    return
  }
  for (let i = position; i < position + length; i++) output[i] = output[i - distance] as number
}

export const decompressSnappyBlock = (bytes: Buffer, start: number, end: number, maxBytes: number): Buffer => {
  const header = snappyLength(bytes, start, end)
  if (header.length > maxBytes) throw tooManyBytes('snappy', maxBytes)
  const output = Buffer.allocUnsafe(header.length)
  let input = header.position
  let position = 0
  while (input < end) {
    const tag = bytes.readUInt8(input++)
    const kind = tag & 3
    if (kind === 0) {
      const code = tag >>> 2
      const width = code < 60 ? 0 : code - 59
      const length = (width === 0 ? code : readLittleEndian(bytes, input, width, end)) + 1
      input += width
      if (input + length > end) throw corrupt('cut off')
      if (position + length > output.length) throw corrupt('more bytes than declared')
      bytes.copy(output, position, input, input + length)
      input += length
      position += length
      continue
    }
    const width = kind === 3 ? 4 : kind
    const low = readLittleEndian(bytes, input, width, end)
    input += width
    const length = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1
    copyBack(output, position, kind === 1 ? ((tag >>> 5) << 8) | low : low, length)
    position += length
  }
  if (position !== output.length) throw corrupt(`${position} bytes instead of ${output.length}`)
  return output
}
