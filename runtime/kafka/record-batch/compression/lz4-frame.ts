/**
 * Decompresses an LZ4 frame in JavaScript: for installations without the native package, and where the size has to be
 * bounded on the way. Frame checksums are skipped, not verified: the batch has its own CRC.
 */
import { DecompressionError, tooManyBytes } from '../errors.js'

const FRAME_MAGIC = 0x184d2204
const UNCOMPRESSED_BIT = 0x8000_0000

const corrupt = (reason: string): DecompressionError => new DecompressionError('lz4', reason)

interface FrameHeader {
  /** Position of the first block. */
  readonly blocks: number
  readonly blockMaxBytes: number
  readonly hasBlockChecksums: boolean
}

const readFrameHeader = (bytes: Buffer): FrameHeader => {
  if (bytes.length < 7 || bytes.readUInt32LE(0) !== FRAME_MAGIC) throw corrupt('no frame header')
  const flags = bytes.readUInt8(4)
  if (flags >>> 6 !== 1) throw corrupt(`frame version ${flags >>> 6}`)
  if ((flags & 1) !== 0) throw corrupt('a dictionary is needed')
  const hasContentSize = (flags & 0x08) !== 0
  const sizeCode = (bytes.readUInt8(5) >>> 4) & 7
  if (sizeCode < 4) throw corrupt(`block size code ${sizeCode}`)
  return {
    blocks: hasContentSize ? 15 : 7,
    blockMaxBytes: 2 ** (8 + 2 * sizeCode),
    hasBlockChecksums: (flags & 0x10) !== 0,
  }
}

interface Block {
  readonly start: number
  readonly end: number
  readonly isCompressed: boolean
}

const readBlocks = (bytes: Buffer, header: FrameHeader): Block[] => {
  const blocks: Block[] = []
  for (let position = header.blocks; ;) {
    if (position + 4 > bytes.length) throw corrupt('cut off')
    const word = bytes.readUInt32LE(position)
    if (word === 0) return blocks
    const start = position + 4
    const end = start + (word % UNCOMPRESSED_BIT)
    if (end > bytes.length) throw corrupt('cut off')
    blocks.push({ start, end, isCompressed: word < UNCOMPRESSED_BIT })
    position = end + (header.hasBlockChecksums ? 4 : 0)
  }
}

/** No frame decompresses to more than this. */
export const lz4UpperBound = (bytes: Buffer): number => {
  const header = readFrameHeader(bytes)
  return readBlocks(bytes, header).length * header.blockMaxBytes
}

/** Decodes the blocks of one frame into one output, which grows up to the limit. */
class BlockDecoder {
  readonly #bytes: Buffer
  readonly #maxBytes: number
  #input = 0
  #inputEnd = 0
  #length = 0
  #output: Buffer

  constructor(bytes: Buffer, capacity: number, maxBytes: number) {
    this.#bytes = bytes
    this.#maxBytes = maxBytes
    this.#output = Buffer.allocUnsafe(Math.min(capacity, maxBytes))
  }

  get result(): Buffer {
    return this.#output.subarray(0, this.#length)
  }

  /** Copies may reach back into blocks before this one. */
  decode(start: number, end: number): void {
    this.#input = start
    this.#inputEnd = end
    while (this.#input < end) {
      const token = this.#byte()
      this.#literals(this.#lengthOf(token >>> 4))
      if (this.#input === end) return
      const distance = this.#byte() | (this.#byte() << 8)
      this.#match(distance, this.#lengthOf(token & 15) + 4)
    }
  }

  /** Copies a block that is not compressed. */
  copy(start: number, end: number): void {
    this.#input = start
    this.#inputEnd = end
    this.#literals(end - start)
  }

  #literals(length: number): void {
    if (this.#input + length > this.#inputEnd) throw corrupt('cut off')
    this.#reserve(length)
    this.#bytes.copy(this.#output, this.#length, this.#input, this.#input + length)
    this.#input += length
    this.#length += length
  }

  #match(distance: number, length: number): void {
    const start = this.#length
    if (distance === 0 || distance > start) throw corrupt(`match ${distance} bytes before position ${start}`)
    this.#reserve(length)
    if (distance >= length) this.#output.copyWithin(start, start - distance, start - distance + length)
    else for (let i = start; i < start + length; i++) this.#output[i] = this.#output[i - distance] as number
    this.#length += length
  }

  /** Length of literals or of a match: 4 bits of the token, continued by bytes while they are 255. */
  #lengthOf(bits: number): number {
    let length = bits
    if (bits < 15) return length
    for (let more = 255; more === 255; length += more) more = this.#byte()
    return length
  }

  #byte(): number {
    if (this.#input >= this.#inputEnd) throw corrupt('cut off')
    return this.#bytes[this.#input++] as number
  }

  #reserve(length: number): void {
    const needed = this.#length + length
    if (needed <= this.#output.length) return
    if (needed > this.#maxBytes) throw tooManyBytes('lz4', this.#maxBytes)
    const larger = Buffer.allocUnsafe(Math.min(this.#maxBytes, Math.max(needed, 2 * this.#output.length)))
    larger.set(this.result)
    this.#output = larger
  }
}

export const decompressLz4Frame = (bytes: Buffer, maxBytes: number): Buffer => {
  const decoder = new BlockDecoder(bytes, 4 * bytes.length, maxBytes)
  for (const block of readBlocks(bytes, readFrameHeader(bytes))) {
    if (block.isCompressed) decoder.decode(block.start, block.end)
    else decoder.copy(block.start, block.end)
  }
  return decoder.result
}
