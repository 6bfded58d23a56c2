/**
 * Reads protocol messages from one buffer, bounds-checked. Bytes and records come out as views of that buffer: they
 * stay valid as long as it is not reused.
 */
import { ProtocolError } from './protocol-error.js'
import { uuidFromBytes } from './uuid.js'

export class Reader {
  readonly #buffer: Buffer
  #position: number

  constructor(buffer: Buffer, position = 0) {
    this.#buffer = buffer
    this.#position = position
  }

  get position(): number {
    return this.#position
  }

  /** Bytes not yet read. */
  get remaining(): number {
    return this.#buffer.length - this.#position
  }

  bool(): boolean {
    return this.int8() !== 0
  }

  int8(): number {
    return this.#buffer.readInt8(this.#advance(1))
  }

  int16(): number {
    return this.#buffer.readInt16BE(this.#advance(2))
  }

  uint16(): number {
    return this.#buffer.readUInt16BE(this.#advance(2))
  }

  int32(): number {
    return this.#buffer.readInt32BE(this.#advance(4))
  }

  uint32(): number {
    return this.#buffer.readUInt32BE(this.#advance(4))
  }

  int64(): bigint {
    return this.#buffer.readBigInt64BE(this.#advance(8))
  }

  float64(): number {
    return this.#buffer.readDoubleBE(this.#advance(8))
  }

  unsignedVarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#buffer.readUInt8(this.#advance(1))
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    throw new ProtocolError(`varint of more than 5 bytes before position ${this.#position}`)
  }

  /** A uuid as its 22-character text. */
  uuid(): string {
    return uuidFromBytes(this.#take(16))
  }

  string(flexible: boolean): string {
    return this.#required(this.nullableString(flexible), 'string')
  }

  nullableString(flexible: boolean): string | null {
    const length = flexible ? this.unsignedVarint() - 1 : this.int16()
    if (length < 0) return null
    const start = this.#advance(length)
    return this.#buffer.toString('utf8', start, start + length)
  }

  bytes(flexible: boolean): Buffer {
    return this.#required(this.nullableBytes(flexible), 'bytes')
  }

  nullableBytes(flexible: boolean): Buffer | null {
    const length = this.nullableLength(flexible)
    return length < 0 ? null : this.#take(length)
  }

  /** A view of the next `length` bytes. */
  raw(length: number): Buffer {
    if (length < 0) throw new ProtocolError(`length ${length} before position ${this.#position}`)
    return this.#take(length)
  }

  /** Length of a non-null array; cannot exceed what is left to read. */
  arrayLength(flexible: boolean): number {
    const length = this.nullableLength(flexible)
    if (length < 0) throw new ProtocolError(`null where an array is required, before position ${this.#position}`)
    return length
  }

  /** Length of bytes, records or an array; negative for null. */
  nullableLength(flexible: boolean): number {
    const length = flexible ? this.unsignedVarint() - 1 : this.int32()
    if (length > this.remaining) {
      throw new ProtocolError(`length ${length} at position ${this.#position} exceeds the ${this.remaining} bytes left`)
    }
    return length
  }

  /** Calls `read` for each tagged field; it returns false for tags it does not know, which are skipped. */
  taggedFields(read: (tag: number) => boolean): void {
    for (let count = this.unsignedVarint(); count > 0; count--) {
      const tag = this.unsignedVarint()
      const size = this.unsignedVarint()
      const end = this.#position + size
      if (size > this.remaining) this.#overrun(size)
      if (read(tag)) {
        if (this.#position !== end) throw new ProtocolError(`tagged field ${tag} does not end at position ${end}`)
      } else this.#position = end
    }
  }

  /** Skips the tagged fields of a message that knows none. */
  skipTaggedFields(): void {
    for (let count = this.unsignedVarint(); count > 0; count--) {
      this.unsignedVarint()
      this.#advance(this.unsignedVarint())
    }
  }

  #take(length: number): Buffer {
    const start = this.#advance(length)
    return this.#buffer.subarray(start, start + length)
  }

  #advance(bytes: number): number {
    const start = this.#position
    if (bytes > this.#buffer.length - start) this.#overrun(bytes)
    this.#position = start + bytes
    return start
  }

  #overrun(bytes: number): never {
    throw new ProtocolError(
      `message ends too early: ${bytes} bytes wanted at position ${this.#position}, ${this.remaining} left`,
    )
  }

  #required<T>(value: T | null, what: string): T {
    if (value === null) throw new ProtocolError(`null where ${what} is required, before position ${this.#position}`)
    return value
  }
}
