/**
 * Writes protocol messages into a growing buffer. Record sets are not copied: large ones stay separate parts, so that
 * `parts()` can go to the socket by writev. The parts alias the caller's buffers until they are sent.
 */
import { ProtocolError } from './protocol-error.js'
import { uuidToBytes } from './uuid.js'

/** A record set to send: one buffer, or batches in order. */
export type RecordsInput = Uint8Array | readonly Uint8Array[]

/** Below this many bytes a copy is cheaper than another element of the writev list. */
const SEPARATE_PART_BYTES = 1024

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

export class Writer {
  #buffer: Buffer
  #start = 0
  #position = 0
  readonly #closed: Buffer[] = []
  #closedBytes = 0

  constructor(initialBytes = 512) {
    this.#buffer = Buffer.allocUnsafeSlow(initialBytes)
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#closedBytes + this.#position - this.#start
  }

  /** Everything written, in order, without copying. The writer may be used further. */
  parts(): Buffer[] {
    this.#closePart()
    return [...this.#closed]
  }

  /** Everything written, as one buffer. */
  toBuffer(): Buffer {
    const parts = this.parts()
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
  }

  bool(value: boolean): void {
    this.int8(value ? 1 : 0)
  }

  int8(value: number): void {
    this.#reserve(1)
    this.#position = this.#buffer.writeInt8(value, this.#position)
  }

  int16(value: number): void {
    this.#reserve(2)
    this.#position = this.#buffer.writeInt16BE(value, this.#position)
  }

  uint16(value: number): void {
    this.#reserve(2)
    this.#position = this.#buffer.writeUInt16BE(value, this.#position)
  }

  int32(value: number): void {
    this.#reserve(4)
    this.#position = this.#buffer.writeInt32BE(value, this.#position)
  }

  uint32(value: number): void {
    this.#reserve(4)
    this.#position = this.#buffer.writeUInt32BE(value, this.#position)
  }

  int64(value: bigint): void {
    this.#reserve(8)
    this.#position = this.#buffer.writeBigInt64BE(value, this.#position)
  }

  float64(value: number): void {
    this.#reserve(8)
    this.#position = this.#buffer.writeDoubleBE(value, this.#position)
  }

  unsignedVarint(value: number): void {
    this.#reserve(5)
    let rest = value
    while (rest > 0x7f) {
      this.#buffer[this.#position++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#buffer[this.#position++] = rest
  }

  /** A uuid as its 22-character text. */
  uuid(value: string): void {
    this.#copy(uuidToBytes(value))
  }

  string(value: string, flexible: boolean): void {
    const length = Buffer.byteLength(value)
    if (flexible) this.unsignedVarint(length + 1)
    else {
      if (length > 0x7fff) throw new ProtocolError(`a string of ${length} bytes exceeds the protocol's 32767`)
      this.int16(length)
    }
    this.#reserve(length)
    this.#position += this.#buffer.write(value, this.#position)
  }

  nullableString(value: string | null, flexible: boolean): void {
    if (value !== null) this.string(value, flexible)
    else if (flexible) this.unsignedVarint(0)
    else this.int16(-1)
  }

  bytes(value: Uint8Array, flexible: boolean): void {
    this.arrayLength(value.length, flexible)
    this.raw(value)
  }

  nullableBytes(value: Uint8Array | null, flexible: boolean): void {
    if (value === null) this.nullLength(flexible)
    else this.bytes(value, flexible)
  }

  records(value: RecordsInput | null, flexible: boolean): void {
    if (value === null) {
      this.nullLength(flexible)
      return
    }
    const batches = value instanceof Uint8Array ? [value] : value
    let length = 0
    for (const batch of batches) length += batch.length
    this.arrayLength(length, flexible)
    for (const batch of batches) this.raw(batch)
  }

  /** The length that precedes bytes, records and arrays. */
  arrayLength(length: number, flexible: boolean): void {
    if (flexible) this.unsignedVarint(length + 1)
    else this.int32(length)
  }

  /** The length of null bytes, null records and null arrays. */
  nullLength(flexible: boolean): void {
    if (flexible) this.unsignedVarint(0)
    else this.int32(-1)
  }

  /** Bytes without a length; large ones become a part of their own and must not change until they are sent. */
  raw(bytes: Uint8Array): void {
    if (bytes.length < SEPARATE_PART_BYTES) {
      this.#copy(bytes)
      return
    }
    this.#closePart()
    this.#closed.push(asBuffer(bytes))
    this.#closedBytes += bytes.length
  }

  #copy(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#buffer.set(bytes, this.#position)
    this.#position += bytes.length
  }

  #closePart(): void {
    if (this.#position === this.#start) return
    this.#closed.push(this.#buffer.subarray(this.#start, this.#position))
    this.#closedBytes += this.#position - this.#start
    this.#start = this.#position
  }

  #reserve(bytes: number): void {
    if (this.#position + bytes <= this.#buffer.length) return
    const open = this.#buffer.subarray(this.#start, this.#position)
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(2 * this.#buffer.length, open.length + bytes))
    this.#buffer.set(open)
    this.#start = 0
    this.#position = open.length
  }
}
