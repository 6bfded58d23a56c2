/** Keys of windows and sessions as Kafka Streams has them in its stores: key, then times and sequence, big-endian. */

/** Window start (8 bytes), sequence (4). */
export const WINDOW_SUFFIX = 12
/** Session end (8 bytes), start (8). */
export const SESSION_SUFFIX = 16

const TWO_32 = 0x1_0000_0000

/** `time` is an integer ≥ 0. */
const writeTime = (buffer: Buffer, at: number, time: number): void => {
  const high = Math.floor(time / TWO_32)
  writeInt(buffer, at, high)
  writeInt(buffer, at + 4, time - high * TWO_32)
}

/** Quicker than Buffer's, which check what is certain here. */
const writeInt = (buffer: Buffer, at: number, value: number): void => {
  buffer[at] = value >>> 24
  buffer[at + 1] = value >>> 16
  buffer[at + 2] = value >>> 8
  buffer[at + 3] = value
}

/** As `writeInt`. */
const readInt = (buffer: Buffer, at: number): number =>
  ((buffer[at]! << 24) | (buffer[at + 1]! << 16) | (buffer[at + 2]! << 8) | buffer[at + 3]!) >>> 0

export const readTime = (buffer: Buffer, at: number): number => readInt(buffer, at) * TWO_32 + readInt(buffer, at + 4)

/** Four bytes, big-endian; those from `end` on count as 0. */
export const wordAt = (buffer: Buffer, at: number, end: number): number => {
  if (at + 4 <= end) return readInt(buffer, at)
  let word = 0
  for (let i = 0; i < 4; i++) word = (word << 8) | (at + i < end ? buffer[at + i]! : 0)
  return word >>> 0
}

/** Builds stored keys in a buffer that it keeps: `bytes[0, length)`. */
export class StoredKey {
  bytes = Buffer.alloc(256)
  length = 0

  /** The key of rows with windows; `setWindow` says which one. */
  seek(key: Uint8Array, start: number, end: number): void {
    this.#copy(key, start, end, WINDOW_SUFFIX)
  }

  setWindow(windowStart: number, sequence: number): void {
    const at = this.length - WINDOW_SUFFIX
    writeTime(this.bytes, at, windowStart)
    writeInt(this.bytes, at + 8, sequence)
  }

  session(key: Uint8Array, start: number, end: number, sessionStart: number, sessionEnd: number): void {
    const at = this.#copy(key, start, end, SESSION_SUFFIX)
    writeTime(this.bytes, at, sessionEnd)
    writeTime(this.bytes, at + 8, sessionStart)
  }

  #copy(key: Uint8Array, start: number, end: number, suffix: number): number {
    const keyLength = end - start
    this.length = keyLength + suffix
    if (this.length > this.bytes.length) this.bytes = Buffer.alloc(2 * this.length)
    const { bytes } = this
    for (let i = 0; i < keyLength; i++) bytes[i] = key[start + i]!
    return keyLength
  }
}
