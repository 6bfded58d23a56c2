/** One output partition, written by hand: a batch that grows, its header and checksum at the end. */
import { BATCH_HEADER_BYTES, crc32c, partitionForKey } from '../../../runtime/kafka/record-batch/index.js'
import { ids, partitions } from '../workload.js'

const BATCH_BYTES = 256 * 1024

export class Writer {
  buffer: Buffer = Buffer.allocUnsafeSlow(2 * BATCH_BYTES)
  view = new DataView(this.buffer.buffer)
  #position = BATCH_HEADER_BYTES
  #count = 0
  #baseTimestamp = 0
  #maxTimestamp = 0
  #done: Buffer[] = []
  readonly #free: Buffer[] = []
  #held: Buffer[] = []

  /** Of a record whose value has a known length: returns where it goes. */
  begin(timestamp: number, key: Buffer, keyStart: number, keyEnd: number, valueLength: number): number {
    if (this.#position > BATCH_BYTES) this.#finish()
    if (this.#count === 0) this.#baseTimestamp = this.#maxTimestamp = timestamp
    else if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp
    const delta = timestamp - this.#baseTimestamp
    const zigzag = ((delta << 1) ^ (delta >> 31)) >>> 0
    const offset = this.#count++ * 2
    const keyLength = keyEnd - keyStart
    const content = keyLength + valueLength + width(2 * valueLength)
    const length = 2 + width(zigzag) + width(offset) + width(2 * keyLength) + content
    let p = this.#varint(this.#position, 2 * length)
    const { buffer } = this
    buffer[p++] = 0
    p = this.#varint(p, zigzag)
    p = this.#varint(p, offset)
    p = this.#varint(p, 2 * keyLength)
    for (let i = keyStart; i < keyEnd; i++) buffer[p++] = key[i]!
    p = this.#varint(p, 2 * valueLength)
    buffer[p + valueLength] = 0
    this.#position = p + valueLength + 1
    return p
  }

  /** The frame of the registry. */
  frame(p: number): number {
    this.buffer[p] = 0
    this.view.setInt32(p + 1, ids.output)
    return p + 5
  }

  /** Everything since the last call; the buffers are written again after the next one. */
  seal(): Buffer[] {
    if (this.#count > 0) this.#finish()
    const done = this.#done
    this.#free.push(...this.#held)
    this.#held = done.map(({ buffer }) => Buffer.from(buffer, 0, buffer.byteLength))
    this.#done = []
    return done
  }

  #varint(at: number, value: number): number {
    const { buffer } = this
    let p = at
    let rest = value
    while (rest > 127) {
      buffer[p++] = (rest & 127) | 128
      rest >>>= 7
    }
    buffer[p++] = rest
    return p
  }

  #finish(): void {
    const { buffer, view } = this
    const end = this.#position
    buffer.fill(0, 0, BATCH_HEADER_BYTES)
    view.setInt32(8, end - 12)
    view.setInt32(12, -1)
    buffer[16] = 2
    view.setInt32(23, this.#count - 1)
    view.setBigInt64(27, BigInt(this.#baseTimestamp))
    view.setBigInt64(35, BigInt(this.#maxTimestamp))
    view.setInt32(57, this.#count)
    view.setUint32(17, crc32c(buffer, 21, end))
    this.#done.push(buffer.subarray(0, end))
    this.buffer = this.#free.pop() ?? Buffer.allocUnsafeSlow(2 * BATCH_BYTES)
    this.view = new DataView(this.buffer.buffer)
    this.#position = BATCH_HEADER_BYTES
    this.#count = 0
  }
}

export const writers = (): readonly Writer[] => Array.from({ length: partitions }, () => new Writer())

export const writerOf = (all: readonly Writer[], key: Buffer, start: number, end: number): Writer =>
  all[partitionForKey(key, start, end, partitions)]!

const width = (value: number): number => (value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : 4)

/** Zigzag varint of a long, as Avro has it; returns where it ends. */
export const writeLong = (buffer: Buffer, at: number, value: number): number => {
  let p = at
  let rest = 2 * value
  while (rest > 127) {
    buffer[p++] = (rest % 128) | 128
    rest = Math.floor(rest / 128)
  }
  buffer[p++] = rest
  return p
}

export const longWidth = (value: number): number => {
  let bytes = 1
  for (let rest = 2 * value; rest > 127; rest = Math.floor(rest / 128)) bytes++
  return bytes
}
