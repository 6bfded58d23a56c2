/**
 * Snappy in its two forms: raw (librdkafka and others write one block) and the framing of snappy-java ("xerial"), which
 * Java clients write: a header, then blocks of 32 KiB, each preceded by its compressed length.
 */
import { CodecMissingError, DecompressionError, tooManyBytes } from '../errors.js'
import { optionalPackage } from './optional-package.js'
import { decompressSnappyBlock, snappyLength } from './snappy-block.js'

interface Snappy {
  readonly compressSync: (input: Buffer) => Buffer
  readonly uncompressSync: (input: Buffer, options: { readonly asBuffer: true }) => Buffer
}

const native = optionalPackage('snappy') as () => Snappy | undefined

const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
/** Magic, version and compatible version. */
const XERIAL_HEADER = Buffer.concat([XERIAL_MAGIC, Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])])
const XERIAL_BLOCK_BYTES = 32 * 1024

const decompressBlock = (bytes: Buffer, start: number, end: number, maxBytes: number): Buffer => {
  const snappy = native()
  if (snappy === undefined) return decompressSnappyBlock(bytes, start, end, maxBytes)
  if (snappyLength(bytes, start, end).length > maxBytes) throw tooManyBytes('snappy', maxBytes)
  try {
    return snappy.uncompressSync(bytes.subarray(start, end), { asBuffer: true })
  } catch (error) {
    throw new DecompressionError('snappy', error instanceof Error ? error.message : String(error), { cause: error })
  }
}

const hasMagicAt = (bytes: Buffer, position: number): boolean =>
  bytes.length - position >= XERIAL_HEADER.length &&
  bytes.compare(XERIAL_MAGIC, 0, XERIAL_MAGIC.length, position, position + XERIAL_MAGIC.length) === 0

const decompressXerial = (bytes: Buffer, maxBytes: number): Buffer => {
  const blocks: Buffer[] = []
  let total = 0
  for (let position = 0; position < bytes.length;) {
    // A stream that was appended to has another header in the middle.
    if (hasMagicAt(bytes, position)) {
      position += XERIAL_HEADER.length
      continue
    }
    const size = position + 4 > bytes.length ? -1 : bytes.readInt32BE(position)
    if (size < 0 || position + 4 + size > bytes.length) throw new DecompressionError('snappy', 'cut off')
    const block = decompressBlock(bytes, position + 4, position + 4 + size, maxBytes - total)
    blocks.push(block)
    total += block.length
    position += 4 + size
  }
  return Buffer.concat(blocks, total)
}

export const decompressSnappy = (bytes: Buffer, maxBytes: number): Buffer =>
  hasMagicAt(bytes, 0) ? decompressXerial(bytes, maxBytes) : decompressBlock(bytes, 0, bytes.length, maxBytes)

export const compressSnappy = (bytes: Buffer): Buffer => {
  const snappy = native()
  if (snappy === undefined) throw new CodecMissingError('snappy', 'snappy')
  const parts: Buffer[] = [XERIAL_HEADER]
  for (let start = 0; start < bytes.length; start += XERIAL_BLOCK_BYTES) {
    const block = snappy.compressSync(bytes.subarray(start, start + XERIAL_BLOCK_BYTES))
    const size = Buffer.allocUnsafe(4)
    size.writeInt32BE(block.length)
    parts.push(size, block)
  }
  return Buffer.concat(parts)
}
