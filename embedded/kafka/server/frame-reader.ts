/**
 * Cuts the byte stream of a connection into requests: a 4-byte size, then as many bytes. A request that arrives in
 * one chunk is a view of it; a longer one is copied once into a buffer of its own.
 */
const SIZE_BYTES = 4
/** Kafka's default for socket.request.max.bytes. */
const MAX_REQUEST_BYTES = 100 * 1024 * 1024

export class FrameReader {
  /** The size field or the request that is not complete yet. */
  #partial: Buffer | null = null
  #filled = 0
  #readsSize = true

  /** Complete requests; null when a size is impossible, after which the stream cannot be read. */
  push(chunk: Buffer): Buffer[] | null {
    const frames: Buffer[] = []
    let at = 0
    while (at < chunk.length) {
      if (this.#partial === null && chunk.length - at >= SIZE_BYTES) {
        const size = chunk.readInt32BE(at)
        if (!isPossible(size)) return null
        at += SIZE_BYTES
        if (chunk.length - at >= size) {
          frames.push(chunk.subarray(at, at + size))
          at += size
          continue
        }
        this.#start(size, false)
      } else if (this.#partial === null) this.#start(SIZE_BYTES, true)
      at += this.#fill(chunk, at)
      const done = this.#takeComplete()
      if (done === null) continue
      if (!done.isSize) frames.push(done.bytes)
      else {
        const size = done.bytes.readInt32BE(0)
        if (!isPossible(size)) return null
        this.#start(size, false)
      }
    }
    return frames
  }

  #start(bytes: number, isSize: boolean): void {
    this.#partial = Buffer.allocUnsafeSlow(bytes)
    this.#filled = 0
    this.#readsSize = isSize
  }

  #fill(chunk: Buffer, at: number): number {
    if (this.#partial === null) return 0
    const copied = chunk.copy(this.#partial, this.#filled, at)
    this.#filled += copied
    return copied
  }

  #takeComplete(): { readonly bytes: Buffer; readonly isSize: boolean } | null {
    if (this.#partial === null || this.#filled < this.#partial.length) return null
    const bytes = this.#partial
    this.#partial = null
    return { bytes, isSize: this.#readsSize }
  }
}

/** A request has at least API key, version and correlation id. */
const isPossible = (size: number): boolean => size >= 8 && size <= MAX_REQUEST_BYTES
