/** The key that a kernel stands at: a copy, since the bytes it came in are reused by what stands behind the kernel. */
export class SeekKey {
  bytes = Buffer.alloc(64)
  length = 0

  set(buffer: Uint8Array, start: number, end: number): void {
    this.length = end - start
    if (this.length > this.bytes.length) this.bytes = Buffer.alloc(2 * this.length)
    const { bytes } = this
    for (let i = start, p = 0; i < end; i++, p++) bytes[p] = buffer[i]!
  }
}
