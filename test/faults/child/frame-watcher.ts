/** Kafka's frames in a stream of bytes: four bytes of length, then the frame. Only their first bytes are kept. */
const HEAD_BYTES = 8
/** Longer is no frame of Kafka's, but another protocol. */
const MAX_FRAME_BYTES = 256 * 1024 * 1024

export class FrameWatcher {
  /** With its length, of the frame seen last. */
  lastFrameBytes = 0
  readonly #head = Buffer.alloc(4 + HEAD_BYTES)
  #have = 0
  #rest = 0
  #isForeign = false

  /** The first bytes of each frame of which they are complete with this chunk: at least eight, or all four. */
  take(chunk: Uint8Array): Buffer[] {
    const heads: Buffer[] = []
    for (let at = 0; at < chunk.length && !this.#isForeign;) {
      if (this.#rest > 0) {
        const skipped = Math.min(this.#rest, chunk.length - at)
        this.#rest -= skipped
        at += skipped
        continue
      }
      this.#head[this.#have++] = chunk[at++] ?? 0
      if (this.#have < 4) continue
      const length = this.#head.readInt32BE(0)
      if (length < 4 || length > MAX_FRAME_BYTES) this.#isForeign = true
      const wanted = Math.min(length, HEAD_BYTES)
      if (this.#isForeign || this.#have < 4 + wanted) continue
      heads.push(Buffer.from(this.#head.subarray(4, 4 + HEAD_BYTES)))
      this.lastFrameBytes = 4 + length
      this.#rest = length - wanted
      this.#have = 0
    }
    return heads
  }
}
