/**
 * Buffers of large responses, to be used again: each new one of several MiB costs page faults and, since it counts as
 * memory outside of the heap, a full garbage collection. Who gives none back has them collected as ever. What is kept
 * unused and what is lent share one limit, so that a reader that falls behind leaves nothing to keep.
 */

/** Below it, a buffer of its own costs less than looking for one. */
const SMALLEST_BYTES = 64 * 1024
/** Sizes are multiples of it, so that responses of about the same size share buffers. */
const STEP_BYTES = 512 * 1024

export class ReceiveBuffers {
  readonly #free: ArrayBuffer[] = []
  /** Out and of use to `giveBack`: nothing else may get in. */
  readonly #lent = new WeakSet<ArrayBufferLike>()
  /** Those that nobody gives back are noticed when they are collected. */
  readonly #collected = new FinalizationRegistry<number>((bytes) => {
    this.#lentBytes -= bytes
  })
  #freeBytes = 0
  #lentBytes = 0

  /** Keeps unused buffers as long as they and the lent ones are no more than `maxBytes`. */
  constructor(readonly maxBytes = 48 * 1024 * 1024) {}

  get freeBytes(): number {
    return this.#freeBytes
  }

  /** A buffer of exactly `bytes`, its content undefined. */
  take(bytes: number): Buffer {
    if (bytes < SMALLEST_BYTES) return Buffer.allocUnsafeSlow(bytes)
    const whole = this.#takeFree(bytes) ?? allocate(Math.ceil(bytes / STEP_BYTES) * STEP_BYTES)
    this.#lent.add(whole)
    this.#lentBytes += whole.byteLength
    this.#collected.register(whole, whole.byteLength, whole)
    this.#dropBeyondLimit()
    return Buffer.from(whole, 0, bytes)
  }

  /** Takes back the memory that `view` is a part of; no part of it may be read any more. */
  giveBack(view: Buffer): void {
    const whole = view.buffer
    if (!(whole instanceof ArrayBuffer) || !this.#lent.delete(whole)) return
    this.#collected.unregister(whole)
    this.#lentBytes -= whole.byteLength
    if (this.#lentBytes + this.#freeBytes + whole.byteLength > this.maxBytes) return
    this.#free.push(whole)
    this.#freeBytes += whole.byteLength
  }

  #dropBeyondLimit(): void {
    while (this.#lentBytes + this.#freeBytes > this.maxBytes) {
      const dropped = this.#free.pop()
      if (dropped === undefined) return
      this.#freeBytes -= dropped.byteLength
    }
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
