/**
 * Aggregates in sliding windows (Kafka Streams' KStreamSlidingWindowAggregate): [start, end] of one length, aligned to
 * records. Each record has a left window, which ends with it, and a right window, which begins after it, if it is not
 * empty. What is to be done for a record is found before anything is changed.
 */
import type { IdleClosing } from './idle-closing.js'
import { SeekKey } from './seek-key.js'
import type { Table } from '../state/table.js'
import type { WindowStore } from '../state/window-store.js'
import { EXPIRED_PER_RECORD, WindowedAggregate, type WindowCodecs } from './windowed-aggregate.js'

export interface SlidingWindows {
  readonly difference: number
  readonly grace: number
  /** How far an input of a cogroup may be behind. */
  readonly lag: number
  /** Closes windows when no input comes. */
  readonly idle?: IdleClosing
}

export class SlidingWindowAggregate extends WindowedAggregate {
  readonly #sought = new SeekKey()
  readonly #windows: WindowStore
  readonly #spec: SlidingWindows
  /** The key's windows near the record, by start. */
  readonly #near: number[] = []
  /** Windows to go through, by their starts, with their rows; -1: a new one. */
  readonly #starts: number[] = []
  readonly #rows: number[] = []
  /** Which of them is the right window, which holds what came later already, and does not get the record. */
  #copied = -1
  #next = 0
  #closeTime = 0

  constructor(windows: WindowStore, times: Table, spec: SlidingWindows, codecs: WindowCodecs) {
    super(windows.table, times, codecs, spec.idle)
    this.#windows = windows
    this.#spec = spec
  }

  /** A record: stream time goes on. Its windows are those of `nextWindow`. */
  seek(buffer: Uint8Array, start: number, end: number, timestamp: number, input = 0): void {
    const { difference, grace, lag } = this.#spec
    this.#sought.set(buffer, start, end)
    this.idle?.seen()
    this.#starts.length = 0
    this.#rows.length = 0
    this.#next = 0
    this.#copied = -1
    const time = this.time.advance(timestamp, input)
    const isLate = timestamp + difference < Math.max(time, this.time.latest - lag) - grace
    const isEarly = timestamp < difference
    // A record before `difference` closes nothing.
    this.arrive(!isLate && !isEarly)
    if (isLate) return
    this.#closeTime = time - grace
    this.#findNear(Math.max(0, timestamp - 2 * difference), timestamp + 1)
    if (isEarly) this.#planEarly(timestamp)
    else this.#plan(timestamp)
    // Windows that close with this very record are still to go out.
    this.#windows.expire(this.time.before - grace - 3 * difference - lag, EXPIRED_PER_RECORD)
  }

  /** Goes to the next window of the record; false: there is none. */
  nextWindow(): boolean {
    const i = this.#next++
    if (i >= this.#starts.length) return false
    this.slot = this.#rows[i]!
    this.windowStart = this.#starts[i]!
    this.windowEnd = this.windowStart + this.#spec.difference
    return true
  }

  /** Whether the window that it stands at holds all that it is to hold. */
  isCopied(): boolean {
    return this.#next - 1 === this.#copied
  }

  protected insert(timestamp: number): number {
    return this.#windows.insert(this.#sought.bytes, 0, this.#sought.length, this.windowStart, timestamp)
  }

  protected endOfOpen(time: number): number {
    const { difference, grace } = this.#spec
    // A window of what comes later begins behind a record.
    const last = this.#windows.sorted(Math.max(0, time - difference - grace), time + 1).at(-1)
    return last === undefined ? time : this.#windows.windowStart(last) + difference + grace + 1
  }

  protected closedBetween(emitted: number, now: number): Int32Array {
    const { difference, grace } = this.#spec
    return this.#windows.sorted(Math.max(0, emitted - difference - grace), now - difference - grace - 1)
  }

  protected stand(slot: number): void {
    this.windowStart = this.#windows.windowStart(slot)
    this.windowEnd = this.windowStart + this.#spec.difference
  }

  protected keyEnd(slot: number): number {
    return this.#windows.keyEnd(slot)
  }

  #findNear(from: number, to: number): void {
    const windows = this.#windows
    const near = this.#near
    near.length = 0
    let slot = windows.from(this.#sought.bytes, 0, this.#sought.length, from)
    while (slot >= 0 && windows.windowStart(slot) <= to) {
      near.push(slot)
      slot = windows.next(slot)
    }
  }

  #plan(timestamp: number): void {
    const { difference } = this.#spec
    const { table } = this
    let [left, right, previous] = [-1, -1, -1]
    let hasLeft = false
    for (let i = this.#near.length - 1; i >= 0; i--) {
      const slot = this.#near[i]!
      const start = this.#windows.windowStart(slot)
      if (start > timestamp) continue
      if (start + difference > timestamp) {
        if (right < 0) right = slot
        this.#update(start, slot)
      } else if (start + difference === timestamp) {
        hasLeft = true
        this.#update(start, slot)
        previous = table.timestamp(slot)
        // All its windows are there.
        if (previous >= timestamp) return
      } else {
        left = slot
        previous = table.timestamp(slot)
        break
      }
    }
    if (previous >= 0 && !this.#has(previous + 1) && previous + 1 + difference >= timestamp) {
      this.#update(previous + 1, -1)
    }
    if (!hasLeft && timestamp >= this.#closeTime) {
      const isEmpty = previous < timestamp - difference
      this.#update(timestamp - difference, isEmpty ? -1 : this.#copy(left, timestamp - difference, timestamp))
    }
    this.#planRight(timestamp, right)
  }

  /** No window begins before the epoch: records before `difference` share the window [0, difference]. */
  #planEarly(timestamp: number): void {
    const { table } = this
    const combined = this.#near.length > 0 && this.#windows.windowStart(this.#near[0]!) === 0 ? this.#near[0]! : -1
    let right = -1
    for (const slot of this.#near) {
      const start = this.#windows.windowStart(slot)
      if (start === 0 || start > timestamp) continue
      right = slot
      this.#update(start, slot)
    }
    const combinedTime = combined < 0 ? -1 : table.timestamp(combined)
    if (right < 0 && combinedTime > timestamp) right = combined
    this.#planRight(timestamp, right)
    if (combined >= 0 && combinedTime < timestamp && !this.#has(combinedTime + 1)) this.#update(combinedTime + 1, -1)
    this.#update(0, combined)
  }

  #update(start: number, slot: number): void {
    if (start + this.#spec.difference < this.#closeTime) return
    this.#starts.push(start)
    this.#rows.push(slot)
  }

  #planRight(timestamp: number, right: number): void {
    if (right < 0 || this.table.timestamp(right) <= timestamp || this.#has(timestamp + 1)) return
    this.#copied = this.#starts.push(timestamp + 1) - 1
    this.#rows.push(this.#copy(right, timestamp + 1, this.table.timestamp(right)))
  }

  #has(start: number): boolean {
    for (const slot of this.#near) if (this.#windows.windowStart(slot) === start) return true
    return false
  }

  #copy(slot: number, start: number, timestamp: number): number {
    const { table } = this
    const copy = this.#windows.insert(this.#sought.bytes, 0, this.#sought.length, start, timestamp)
    for (let column = 0; column < table.columns; column++) table.setNumber(copy, column, table.number(slot, column))
    if (table.hasValue(slot)) {
      table.setValue(copy, table.valueBuffer(slot), table.valueStart(slot), table.valueEnd(slot))
    }
    return copy
  }
}
