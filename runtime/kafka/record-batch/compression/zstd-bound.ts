/**
 * An upper bound for the decompressed size of Zstandard frames, from their block headers alone: the optional
 * decoder knows no limit. Blocks hold at most 128 KiB each.
 */
import { DecompressionError } from '../errors.js'

const FRAME_MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a50
const MAX_BLOCK_BYTES = 128 * 1024

const corrupt = (reason: string): DecompressionError => new DecompressionError('zstd', reason)

/** Bytes of the frame header after the magic number, by its descriptor byte. */
const headerBytes = (descriptor: number): number => {
  const isSingleSegment = (descriptor & 0x20) !== 0
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0
  const dictionaryId = [0, 1, 2, 4][descriptor & 3] ?? 0
  return 1 + (isSingleSegment ? 0 : 1) + dictionaryId + contentSize
}

const readAt = (bytes: Buffer, position: number, width: number): number => {
  if (position + width > bytes.length) throw corrupt('cut off')
  return bytes.readUIntLE(position, width)
}

export const zstdUpperBound = (bytes: Buffer): number => {
  let bound = 0
  let position = 0
  while (position < bytes.length) {
    const magic = readAt(bytes, position, 4)
    if (magic - (magic % 16) === SKIPPABLE_MAGIC) {
      position += 8 + readAt(bytes, position + 4, 4)
      continue
    }
    if (magic !== FRAME_MAGIC) throw corrupt('no frame header')
    const descriptor = readAt(bytes, position + 4, 1)
    position += 4 + headerBytes(descriptor)
    for (let isLast = false; !isLast;) {
      const block = readAt(bytes, position, 3)
      const size = block >>> 3
      const type = (block >>> 1) & 3
      isLast = (block & 1) === 1
      bound += type === 2 ? MAX_BLOCK_BYTES : size
      position += 3 + (type === 1 ? 1 : size)
    }
    if ((descriptor & 4) !== 0) position += 4
  }
  return bound
}
