/** The plain hash table that people would write for one job: bytes to a number from 0 on, open addressing, nothing else. */
const KEY_BYTES = 24

export class ByteTable {
  size = 0
  #mask = 1023
  #entries = new Int32Array(1024)
  #hashes = new Int32Array(512)
  #lengths = new Uint8Array(512)
  keys = Buffer.alloc(512 * KEY_BYTES)

  /** The key's number, a new one when it was not there; -1 where `insert` is false. Keys are short. */
  find(buffer: Buffer, start: number, end: number, insert: boolean): number {
    let hash = end - start
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ buffer[i]!, 0x01000193)
    hash ^= hash >>> 15
    const length = end - start
    for (let at = hash & this.#mask; ; at = (at + 1) & this.#mask) {
      const row = this.#entries[at]! - 1
      if (row < 0) return insert ? this.#insert(buffer, start, end, hash, at) : -1
      if (this.#hashes[row] !== hash || this.#lengths[row] !== length) continue
      let i = 0
      while (i < length && this.keys[row * KEY_BYTES + i] === buffer[start + i]) i++
      if (i === length) return row
    }
  }

  keyStart(row: number): number {
    return row * KEY_BYTES
  }

  keyEnd(row: number): number {
    return row * KEY_BYTES + this.#lengths[row]!
  }

  clear(): void {
    this.size = 0
    this.#entries.fill(0)
  }

  #insert(buffer: Buffer, start: number, end: number, hash: number, at: number): number {
    const row = this.size++
    if (end - start > KEY_BYTES) throw new RangeError('a long key')
    this.#entries[at] = row + 1
    this.#hashes[row] = hash
    this.#lengths[row] = end - start
    for (let i = start, p = row * KEY_BYTES; i < end; i++, p++) this.keys[p] = buffer[i]!
    if (this.size === this.#hashes.length) this.#grow()
    return row
  }

  #grow(): void {
    const rows = 2 * this.#hashes.length
    const hashes = new Int32Array(rows)
    hashes.set(this.#hashes)
    const lengths = new Uint8Array(rows)
    lengths.set(this.#lengths)
    const keys = Buffer.alloc(rows * KEY_BYTES)
    keys.set(this.keys)
    const entries = new Int32Array(2 * rows)
    const mask = 2 * rows - 1
    for (let row = 0; row < this.size; row++) {
      let at = hashes[row]! & mask
      while (entries[at] !== 0) at = (at + 1) & mask
      entries[at] = row + 1
    }
    this.#hashes = hashes
    this.#lengths = lengths
    this.keys = keys
    this.#entries = entries
    this.#mask = mask
  }
}
