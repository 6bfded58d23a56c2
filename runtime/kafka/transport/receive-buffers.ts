/**
 * Buffers of large responses, to be used again: each new one of several MiB costs page faults and, since it counts as
 * memory outside of the heap, a full garbage collection. Who gives none back has them collected as ever.
 */

/** Below it, a buffer of its own costs less than looking for one. */
const SMALLEST_BYTES = 64 * 1024
/** Sizes are multiples of it, so that responses of about the same size share buffers. */
const STEP_BYTES = 512 * 1024

export class ReceiveBuffers {
  readonly #free: ArrayBuffer[] = []
  /** Out and of use to `giveBack`: nothing else may get in. */
  readonly #lent = new WeakSet<ArrayBufferLike>()
  #freeBytes = 0

  /** Keeps at most `maxFreeBytes` of unused buffers. */
  constructor(readonly maxFreeBytes = 48 * 1024 * 1024) {}

  /** A buffer of exactly `bytes`, its content undefined. */
  take(bytes: number): Buffer {
    if (bytes < SMALLEST_BYTES) return Buffer.allocUnsafeSlow(bytes)
    const whole = this.#takeFree(bytes) ?? allocate(Math.ceil(bytes / STEP_BYTES) * STEP_BYTES)
    this.#lent.add(whole)
    return Buffer.from(whole, 0, bytes)
  }

  /** Takes back the memory that `view` is a part of; no part of it may be read any more. */
  giveBack(view: Buffer): void {
    const whole = view.buffer
    if (!(whole instanceof ArrayBuffer) || !this.#lent.delete(whole)) return
    if (this.#freeBytes + whole.byteLength > this.maxFreeBytes) return
    this.#free.push(whole)
    this.#freeBytes += whole.byteLength
  }

  /** The smallest that is large enough. */
  #takeFree(bytes: number): ArrayBuffer | undefined {
    let best = -1
    let bestBytes = Infinity
    this.#free.forEach(({ byteLength }, index) => {
      if (byteLength < bytes || byteLength >= bestBytes) return
      best = index
      bestBytes = byteLength
    })
    if (best < 0) return undefined
    const [whole] = this.#free.splice(best, 1)
    this.#freeBytes -= bestBytes
    return whole
  }
}

/** Not filled with zeroes. */
const allocate = (bytes: number): ArrayBuffer => {
  const { buffer } = Buffer.allocUnsafeSlow(bytes)
  if (!(buffer instanceof ArrayBuffer)) throw new Error('unreachable')
  return buffer
}
