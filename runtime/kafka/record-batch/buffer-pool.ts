/**
 * Reuses the buffers of batch writers, bounded. Buffers own their ArrayBuffer, so a view of one identifies it.
 * A buffer given back must not be read any more: the next user overwrites it.
 */
const SMALLEST_BYTES = 16 * 1024

export class BufferPool {
  readonly #free: Buffer[] = []
  #freeBytes = 0

  /** Keeps at most `maxFreeBytes` of unused buffers; more are left to the garbage collector. */
  constructor(readonly maxFreeBytes = 16 * 1024 * 1024) {}

  /** A buffer of at least `bytes`, its content undefined. */
  acquire(bytes: number): Buffer {
    for (let index = this.#free.length - 1; index >= 0; index--) {
      const buffer = this.#free[index]
      if (buffer === undefined || buffer.length < bytes) continue
      this.#free.splice(index, 1)
      this.#freeBytes -= buffer.length
      return buffer
    }
    let size = SMALLEST_BYTES
    while (size < bytes) size *= 2
    return Buffer.allocUnsafeSlow(size)
  }

  /** Takes back a buffer that came from `acquire`, or a view of it. Releasing it twice does nothing. */
  release(buffer: Buffer): void {
    const whole = Buffer.from(buffer.buffer)
    if (whole.length < SMALLEST_BYTES || this.#freeBytes + whole.length > this.maxFreeBytes) return
    if (this.#free.some((free) => free.buffer === whole.buffer)) return
    this.#free.push(whole)
    this.#freeBytes += whole.length
  }
}
