/**
 * Hash index of row slots: a directory of fixed segments (extendible hashing) with linear probing within each. It grows
 * by splitting one segment at a time, so that no insertion pays for all rows.
 */

const SEGMENT_SHIFT = 12
const SEGMENT_ENTRIES = 1 << SEGMENT_SHIFT
const ENTRY_MASK = SEGMENT_ENTRIES - 1
/** A segment splits beyond it: 11/16. */
const SEGMENT_LIMIT = (SEGMENT_ENTRIES * 11) >>> 4
/** Equal hashes cannot be split; beyond this depth a segment only fills. */
const MAX_DEPTH = 20

/** A segment is full of keys with (nearly) equal hashes. */
export class HashIndexFullError extends Error {
  override name = 'HashIndexFullError'
}

class Segment {
  /** Pairs of slot + 1 (0: free) and hash. */
  readonly entries = new Int32Array(2 * SEGMENT_ENTRIES)
  count = 0
  constructor(readonly depth: number) {}

  add(slot: number, hash: number): void {
    const { entries } = this
    let at = hash & ENTRY_MASK
    while (entries[2 * at] !== 0) at = (at + 1) & ENTRY_MASK
    entries[2 * at] = slot + 1
    entries[2 * at + 1] = hash
    this.count++
  }
}

export class HashIndex {
  #depth = 0
  #directory: Segment[] = [new Segment(0)]
  #segments = 1

  get allocatedBytes(): number {
    return this.#segments * 8 * SEGMENT_ENTRIES
  }

  /** Where a search for `hash` begins; -1 for `after` of `next`. */
  segment(hash: number): Int32Array {
    return this.#segmentOf(hash).entries
  }

  add(slot: number, hash: number): void {
    let segment = this.#segmentOf(hash)
    while (segment.count >= SEGMENT_LIMIT) {
      if (segment.depth >= MAX_DEPTH) {
        if (segment.count >= ENTRY_MASK) throw new HashIndexFullError('too many keys with one hash')
        break
      }
      this.#split(segment, hash)
      segment = this.#segmentOf(hash)
    }
    segment.add(slot, hash)
  }

  /** Closes the gap by moving entries back, so that no tombstones gather. */
  remove(slot: number, hash: number): void {
    const segment = this.#segmentOf(hash)
    const { entries } = segment
    let gap = hash & ENTRY_MASK
    while (entries[2 * gap] !== slot + 1) gap = (gap + 1) & ENTRY_MASK
    for (let at = (gap + 1) & ENTRY_MASK; entries[2 * at] !== 0; at = (at + 1) & ENTRY_MASK) {
      const home = entries[2 * at + 1]! & ENTRY_MASK
      // Stays when its home lies behind the gap, cyclically.
      if (((at - home) & ENTRY_MASK) < ((at - gap) & ENTRY_MASK)) continue
      entries[2 * gap] = entries[2 * at]!
      entries[2 * gap + 1] = entries[2 * at + 1]!
      gap = at
    }
    entries[2 * gap] = 0
    segment.count--
  }

  clear(): void {
    this.#depth = 0
    this.#directory = [new Segment(0)]
    this.#segments = 1
  }

  #segmentOf(hash: number): Segment {
    return this.#directory[(hash >>> 1) >>> (31 - this.#depth)]!
  }

  /** The directory holds references only: 2^20 of them are 8 MB for four thousand million entries. */
  #split(segment: Segment, hash: number): void {
    if (segment.depth === this.#depth) {
      this.#directory = this.#directory.flatMap((each) => [each, each])
      this.#depth++
    }
    const depth = segment.depth + 1
    const low = new Segment(depth)
    const high = new Segment(depth)
    const { entries } = segment
    for (let at = 0; at < 2 * SEGMENT_ENTRIES; at += 2) {
      const slot = entries[at]!
      if (slot === 0) continue
      const each = entries[at + 1]!
      ;((each >>> (32 - depth)) & 1 ? high : low).add(slot - 1, each)
    }
    const span = 1 << (this.#depth - depth)
    const first = (((hash >>> 1) >>> (31 - this.#depth)) >>> (this.#depth - depth + 1)) * 2 * span
    this.#directory.fill(low, first, first + span)
    this.#directory.fill(high, first + span, first + 2 * span)
    this.#segments++
  }
}

export { ENTRY_MASK }
