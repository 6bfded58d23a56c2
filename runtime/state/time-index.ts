/**
 * Rows by time, in buckets of a fixed length: a list of slots each, in the order of insertion, which is mostly that of
 * memory; sorted when somebody asks for the order of a part. The time of a row must not change while it lives.
 */
import { PagedInt32 } from './paged-int32.js'
import { sortSlots } from './sort-slots.js'
import type { RowTimes, TimeOrder } from './backing.js'
import type { RowIndex } from './memory-table.js'

class Bucket {
  /** Slot + 1; 0 where a row has gone. */
  readonly slots = new PagedInt32()
  live = 0
  /** Nothing before it lives. */
  first = 0
  isSorted = true
  lastTime = -Infinity
  /** Of all times that were ever in it. */
  least = Infinity
  greatest = -Infinity
}

export class TimeIndex implements RowIndex, RowTimes {
  readonly #order: TimeOrder
  readonly #bucketMs: number
  readonly #buckets = new Map<number, Bucket>()
  /** Where a slot lies in its bucket. */
  readonly #positions = new PagedInt32()
  /** Lowest bucket, unless it has gone: none is lower. */
  #lowest = Infinity

  constructor(order: TimeOrder, bucketMs: number) {
    this.#order = order
    this.#bucketMs = bucketMs
  }

  get allocatedBytes(): number {
    let bytes = this.#positions.allocatedBytes
    for (const { slots } of this.#buckets.values()) bytes += slots.allocatedBytes
    return bytes
  }

  get lowerBound(): number {
    return this.#lowestBucket() * this.#bucketMs
  }

  sorted(from: number, to: number): Int32Array {
    const found: number[] = []
    for (const number of this.#bucketsIn(from, to)) {
      const bucket = this.#buckets.get(number)!
      if (bucket.least >= from && bucket.greatest <= to) {
        for (const slot of this.#whole(bucket)) found.push(slot)
        continue
      }
      this.#sort(bucket)
      const { slots } = bucket
      for (let i = bucket.first; i < slots.length; i++) {
        const slot = slots.get(i) - 1
        if (slot < 0) continue
        const time = this.#order.timeOf(slot)
        if (time > to) break
        if (time >= from) found.push(slot)
      }
    }
    return Int32Array.from(found)
  }

  /** A bucket is sorted when its turn comes. */
  *inOrder(): Generator<number> {
    for (const number of [...this.#buckets.keys()].sort((a, b) => a - b)) {
      const bucket = this.#buckets.get(number)!
      this.#sort(bucket)
      for (let i = bucket.first; i < bucket.slots.length; i++) {
        const slot = bucket.slots.get(i) - 1
        if (slot >= 0) yield slot
      }
    }
  }

  anyBefore(before: number): number {
    // Mostly there is none, and no bucket to be looked for.
    if (this.#lowest * this.#bucketMs >= before) return -1
    const number = this.#lowestBucket()
    if (!(number * this.#bucketMs < before)) return -1
    const bucket = this.#buckets.get(number)!
    const { slots } = bucket
    const isWhole = bucket.greatest < before
    if (!isWhole) this.#sort(bucket)
    while (slots.get(bucket.first) === 0) bucket.first++
    const slot = slots.get(bucket.first) - 1
    return isWhole || this.#order.timeOf(slot) < before ? slot : -1
  }

  first(): number {
    const bucket = this.#buckets.get(this.#lowestBucket())
    if (bucket === undefined) return -1
    this.#sort(bucket)
    const { slots } = bucket
    while (slots.get(bucket.first) === 0) bucket.first++
    return slots.get(bucket.first) - 1
  }

  linked(slot: number): void {
    const time = this.#order.timeOf(slot)
    const number = Math.floor(time / this.#bucketMs)
    let bucket = this.#buckets.get(number)
    if (bucket === undefined) {
      bucket = new Bucket()
      this.#buckets.set(number, bucket)
      if (number < this.#lowest) this.#lowest = number
    }
    if (time <= bucket.lastTime) bucket.isSorted = false
    bucket.lastTime = time
    if (time < bucket.least) bucket.least = time
    if (time > bucket.greatest) bucket.greatest = time
    this.#positions.set(slot, bucket.slots.length)
    bucket.slots.push(slot + 1)
    bucket.live++
  }

  unlinked(slot: number): void {
    const number = Math.floor(this.#order.timeOf(slot) / this.#bucketMs)
    const bucket = this.#buckets.get(number)!
    bucket.slots.set(this.#positions.get(slot), 0)
    if (--bucket.live === 0) this.#buckets.delete(number)
    else if (bucket.slots.length > 64 && bucket.live < bucket.slots.length >>> 2) this.#compact(bucket)
  }

  clear(): void {
    this.#buckets.clear()
    this.#positions.truncate(0)
    this.#lowest = Infinity
  }

  #lowestBucket(): number {
    if (!this.#buckets.has(this.#lowest)) {
      this.#lowest = Infinity
      for (const number of this.#buckets.keys()) if (number < this.#lowest) this.#lowest = number
    }
    return this.#lowest
  }

  #bucketsIn(from: number, to: number): readonly number[] {
    const low = Math.floor(from / this.#bucketMs)
    const high = Math.floor(to / this.#bucketMs)
    // Where few numbers are asked for, or few exist, take the fewer.
    const numbers: number[] = []
    if (high - low < this.#buckets.size) {
      for (let number = low; number <= high; number++) if (this.#buckets.has(number)) numbers.push(number)
      return numbers
    }
    for (const number of this.#buckets.keys()) if (number >= low && number <= high) numbers.push(number)
    return numbers.sort((a, b) => a - b)
  }

  #compact(bucket: Bucket): void {
    const { slots } = bucket
    let to = 0
    for (let i = bucket.first; i < slots.length; i++) {
      const entry = slots.get(i)
      if (entry !== 0) this.#place(slots, to++, entry)
    }
    slots.truncate(to)
    bucket.first = 0
  }

  /** All slots in their order; the bucket stays as it is. */
  #whole(bucket: Bucket): Int32Array {
    const { slots } = bucket
    const entries = new Int32Array(bucket.live)
    let live = 0
    for (let i = bucket.first; i < slots.length; i++) if (slots.get(i) !== 0) entries[live++] = slots.get(i) - 1
    if (!bucket.isSorted) sortSlots(entries, this.#order)
    return entries
  }

  #sort(bucket: Bucket): void {
    if (bucket.isSorted) return
    const { slots } = bucket
    const entries = this.#whole(bucket)
    for (const [i, slot] of entries.entries()) this.#place(slots, i, slot + 1)
    slots.truncate(entries.length)
    bucket.first = 0
    bucket.isSorted = true
    bucket.lastTime = this.#order.timeOf(entries.at(-1)!)
  }

  #place(slots: PagedInt32, at: number, entry: number): void {
    slots.set(at, entry)
    this.#positions.set(entry - 1, at)
  }
}
