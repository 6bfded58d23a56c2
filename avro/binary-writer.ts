/** Writes Avro's binary primitives into a buffer that grows. */
export class BinaryWriter {
  private bytes = new Uint8Array(256)
  private view = new DataView(this.bytes.buffer)
  private length = 0

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.bytes.slice(0, this.length)
  }

  byte(value: number): void {
    // First: `this.bytes[this.reserve(1)]` would evaluate the old buffer before it grows.
    const start = this.reserve(1)
    this.bytes[start] = value
  }

  long(value: number | bigint): void {
    let zigzag = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n))
    while (zigzag >= 0x80n) {
      this.byte(Number(zigzag & 0x7fn) | 0x80)
      zigzag >>= 7n
    }
    this.byte(Number(zigzag))
  }

  float(value: number): void {
    const start = this.reserve(4)
    this.view.setFloat32(start, value, true)
  }

  double(value: number): void {
    const start = this.reserve(8)
    this.view.setFloat64(start, value, true)
  }

  raw(value: Uint8Array): void {
    const start = this.reserve(value.length)
    this.bytes.set(value, start)
  }

  lengthPrefixed(value: Uint8Array): void {
    this.long(value.length)
    this.raw(value)
  }

  private reserve(size: number): number {
    const start = this.length
    this.length += size
    if (this.length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length))
      larger.set(this.bytes.subarray(0, start))
      this.bytes = larger
      this.view = new DataView(larger.buffer)
    }
    return start
  }
}
