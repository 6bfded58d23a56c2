/** Keys as bytes of views, which are read four bytes at a time. */
import { viewOf } from '../generated/text.js'

/** Mixes words of four bytes; the low bits choose an entry of a HashIndex, the high bits its segment. */
export const hashKey = (view: DataView, start: number, end: number): number => {
  let hash = end - start
  let p = start
  for (; p + 4 <= end; p += 4) {
    hash = Math.imul(hash ^ view.getInt32(p, true), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  for (; p < end; p++) {
    hash = Math.imul(hash ^ view.getUint8(p), 0x85ebca77)
    hash ^= hash >>> 13
  }
  hash = Math.imul(hash, 0xc2b2ae3d)
  return hash ^ (hash >>> 16)
}

/** Whether a key stands in another view, too, from `from` on. */
export const isKeyAt = (view: DataView, start: number, end: number, other: DataView, from: number): boolean => {
  const distance = from - start
  let p = start
  for (; p + 4 <= end; p += 4) if (view.getInt32(p) !== other.getInt32(p + distance)) return false
  for (; p < end; p++) if (view.getUint8(p) !== other.getUint8(p + distance)) return false
  return true
}

const EMPTY = viewOf(Buffer.alloc(0))

/** Of the buffer that keys came in last: mostly one that a kernel keeps for them. */
export class KeyView {
  #buffer: Uint8Array | undefined
  #view = EMPTY

  of(buffer: Uint8Array): DataView {
    if (buffer !== this.#buffer) {
      this.#buffer = buffer
      this.#view = viewOf(buffer)
    }
    return this.#view
  }

  /** Buffers that were fetched are not held. */
  forget(): void {
    this.#buffer = undefined
    this.#view = EMPTY
  }
}
