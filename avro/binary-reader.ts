/**
 * Reads Avro's binary primitives with every access checked against the end. Throws typed errors with
 * the byte offset; the decoder adds the path in the schema.
 */
export class AvroDecodeError extends Error {
  override readonly name = 'AvroDecodeError'
  constructor(
    /** What is wrong, without place. */
    readonly reason: string,
    /** Byte offset in the datum. */
    readonly offset: number,
    /** Path of the field, like `Order.items[].price`. */
    readonly path: string,
  ) {
    super(`cannot decode Avro at ${path === '' ? 'the root' : path}, byte ${offset}: ${reason}`)
  }
}

/** Thrown inside the codec only; the decoder turns it into AvroDecodeError. */
export class MalformedBytes extends Error {
  constructor(
    readonly reason: string,
    readonly offset: number,
  ) {
    super(reason)
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export class BinaryReader {
  private readonly view: DataView

  constructor(
    private readonly bytes: Uint8Array,
    public position = 0,
    private readonly end = bytes.length,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get remaining(): number {
    return this.end - this.position
  }

  fail(reason: string, offset = this.position): never {
    throw new MalformedBytes(reason, offset)
  }

  /** Moves on by `length` bytes and returns where they start. */
  take(length: number): number {
    if (length > this.remaining) {
      this.fail(`the data ends ${length - this.remaining} bytes before the end of the value`)
    }
    const start = this.position
    this.position += length
    return start
  }

  boolean(): boolean {
    const value = this.view.getUint8(this.take(1))
    if (value > 1) this.fail(`a boolean is 0 or 1, not ${value}`, this.position - 1)
    return value === 1
  }

  int(): number {
    const start = this.position
    const value = this.bigLong()
    if (value !== BigInt.asIntN(32, value)) this.fail(`${value} does not fit an int`, start)
    return Number(value)
  }

  long(): number {
    const start = this.position
    const value = Number(this.bigLong())
    if (!Number.isSafeInteger(value)) {
      this.fail('a long beyond ±(2^53 - 1): choose bigint for the longs of the subject', start)
    }
    return value
  }

  bigLong(): bigint {
    const start = this.position
    let zigzag = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.view.getUint8(this.take(1))
      zigzag |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) {
        if (zigzag >= 1n << 64n) break
        return (zigzag >> 1n) ^ -(zigzag & 1n)
      }
    }
    return this.fail('a number of more than 64 bits', start)
  }

  float(): number {
    return this.view.getFloat32(this.take(4), true)
  }

  double(): number {
    return this.view.getFloat64(this.take(8), true)
  }

  /** A copy. */
  fixed(size: number): Uint8Array {
    const start = this.take(size)
    // `slice` of a Buffer would be neither a copy nor a plain array of bytes.
    return new Uint8Array(this.bytes.subarray(start, start + size))
  }

  /** A copy. */
  lengthPrefixed(): Uint8Array {
    return this.fixed(this.length('length'))
  }

  string(): string {
    const start = this.take(this.length('length'))
    return this.text(start, this.position)
  }

  text(start: number, end: number): string {
    try {
      return utf8.decode(this.bytes.subarray(start, end))
    } catch {
      return this.fail('the string is no valid UTF-8', start)
    }
  }

  /** A count of bytes that must still be there. */
  length(what: string): number {
    const start = this.position
    const length = this.long()
    if (length < 0) this.fail(`a negative ${what}: ${length}`, start)
    if (length > this.remaining) this.fail(`a ${what} of ${length}, with ${this.remaining} bytes left`, start)
    return length
  }
}
