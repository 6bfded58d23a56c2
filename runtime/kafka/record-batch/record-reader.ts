/**
 * Walks the records of one decompressed record section in place. No objects: the fields describe the current record
 * as positions in `buffer`. Nothing reads past the record's own end: a length that would is a CorruptBatchError.
 */
import type { RecordSection } from './cursor.js'
import { CorruptBatchError } from './errors.js'

export class RecordReader {
  offset = 0
  /** ms; the batch's append time where the topic uses LogAppendTime. */
  timestamp = 0
  keyStart = 0
  /** -1: the key is null. */
  keyEnd = -1
  valueStart = 0
  /** -1: the value is null. */
  valueEnd = -1
  /** The header block: its count, then the headers. */
  headersStart = 0
  headersEnd = 0
  /** Where the next record starts. */
  position: number

  readonly buffer: Buffer
  readonly #section: RecordSection
  #remaining: number
  #end = 0

  constructor(section: RecordSection) {
    this.buffer = section.buffer
    this.#section = section
    this.#remaining = section.count
    this.position = section.start
  }

  /** Goes to the next record; false after the last. */
  next(): boolean {
    const section = this.#section
    if (this.#remaining === 0) {
      if (this.position !== section.end) throw this.#corrupt(`${section.end - this.position} bytes after the records`)
      return false
    }
    this.#remaining--
    this.#end = section.end
    const length = this.#varint()
    if (length < 0 || this.position + length > section.end) throw this.#corrupt(`record of ${length} bytes`)
    this.#end = this.position + length
    this.#skip(1)
    const timestampDelta = this.#varint()
    this.timestamp = section.appendTimestamp >= 0 ? section.appendTimestamp : section.baseTimestamp + timestampDelta
    this.offset = section.baseOffset + this.#varint()
    const keyLength = this.#varint()
    this.keyStart = this.position
    if (keyLength > 0) this.#skip(keyLength)
    this.keyEnd = keyLength < 0 ? -1 : this.position
    const valueLength = this.#varint()
    this.valueStart = this.position
    if (valueLength > 0) this.#skip(valueLength)
    this.valueEnd = valueLength < 0 ? -1 : this.position
    this.headersStart = this.position
    this.headersEnd = this.#end
    if (this.position >= this.#end) throw this.#corrupt('record without header count')
    this.position = this.#end
    return true
  }

  /** View of the key. */
  key(): Buffer | null {
    return this.keyEnd < 0 ? null : this.buffer.subarray(this.keyStart, this.keyEnd)
  }

  /** View of the value. */
  value(): Buffer | null {
    return this.valueEnd < 0 ? null : this.buffer.subarray(this.valueStart, this.valueEnd)
  }

  #skip(bytes: number): void {
    if (this.position + bytes > this.#end) throw this.#corrupt('a field exceeds its record')
    this.position += bytes
  }

  /** Zigzag varint, up to 64 bits as a number. */
  #varint(): number {
    const p = this.position
    if (p + 1 < this.#end) {
      const first = this.buffer[p]!
      if (first < 0x80) {
        this.position = p + 1
        return (first >>> 1) ^ -(first & 1)
      }
      const second = this.buffer[p + 1]!
      if (second < 0x80) {
        this.position = p + 2
        const value = (first & 0x7f) | (second << 7)
        return (value >>> 1) ^ -(value & 1)
      }
    }
    return this.#longVarint()
  }

  #longVarint(): number {
    let value = 0
    let scale = 1
    for (let index = 0; index < 10; index++) {
      if (this.position >= this.#end) throw this.#corrupt('a number exceeds its record')
      const byte = this.buffer[this.position++]!
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2
      scale *= 0x80
    }
    throw this.#corrupt('a number of more than 10 bytes')
  }

  #corrupt(reason: string): CorruptBatchError {
    return new CorruptBatchError(this.#section.baseOffset, `${reason}, at byte ${this.position} of its records`)
  }
}
