/**
 * Cuts what a socket delivers into responses. kafkajs concatenates all chunks of a response and leaves each chunk to the
 * garbage collector; here a response gets its buffer when its length is known, each byte is copied once, and chunks may be
 * views of a buffer that the socket uses again.
 */

import type { ReceiveBuffers } from './receive-buffers.js'

/** Beyond it, this is no Kafka broker, or the stream is out of step. */
const MAX_RESPONSE_BYTES = 0x4000_0000
const LENGTH_BYTES = 4
/** A connection begins with ApiVersions. As a length, an alert of TLS is 352 MB: nobody must wait for so many bytes. */
const MAX_FIRST_BYTES = 0x0100_0000

export class FrameReader {
  readonly #buffers: ReceiveBuffers
  readonly #onFrame: (frame: Buffer) => void
  /** What is being filled: a length, then the response of that length. */
  #target: Buffer
  #filled = 0
  readonly #length = Buffer.alloc(LENGTH_BYTES)
  #maxBytes = MAX_FIRST_BYTES

  /** `onFrame` gets each response without its length, and owns it. */
  constructor(buffers: ReceiveBuffers, onFrame: (frame: Buffer) => void) {
    this.#buffers = buffers
    this.#onFrame = onFrame
    this.#target = this.#length
  }

  /** Takes a chunk; keeps nothing of it. Throws for a length that no response has. */
  receive(chunk: Buffer): void {
    let position = 0
    while (position < chunk.length) {
      const bytes = Math.min(this.#target.length - this.#filled, chunk.length - position)
      chunk.copy(this.#target, this.#filled, position, position + bytes)
      position += bytes
      this.#filled += bytes
      if (this.#filled === this.#target.length) this.#complete()
    }
  }

  #complete(): void {
    const complete = this.#target
    this.#filled = 0
    if (complete === this.#length) {
      const length = complete.readInt32BE(0)
      // A correlation id at least.
      if (length < LENGTH_BYTES || length > this.#maxBytes) {
        throw new RangeError(`a response of ${length} bytes: the other side is no Kafka broker, or wants TLS`)
      }
      this.#target = this.#buffers.take(length)
      return
    }
    this.#target = this.#length
    this.#maxBytes = MAX_RESPONSE_BYTES
    this.#onFrame(complete)
  }
}
