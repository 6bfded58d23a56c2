/**
 * Aggregates in tumbling and hopping windows (Kafka Streams' KStreamWindowAggregate): [start, end), aligned to the epoch,
 * updated in ascending order of their starts. A window is closed once its end and the grace are no later than the
 * operator's stream time, which is state of its own.
 */
import type { IdleClosing } from './idle-closing.js'
import type { Table } from '../state/table.js'
import type { WindowStore } from '../state/window-store.js'
import { EXPIRED_PER_RECORD, NOTHING, WindowedAggregate, type WindowCodecs } from './windowed-aggregate.js'

export interface TimeWindows {
  readonly size: number
  readonly advance: number
  readonly grace: number
  /** How far an input of a cogroup may be behind. */
  readonly lag: number
  /** Closes windows when no input comes. */
  readonly idle?: IdleClosing
}

export class TimeWindowAggregate extends WindowedAggregate {
  readonly #windows: WindowStore
  readonly #spec: TimeWindows
  #next = 0
  /** The record's own time. */
  #timestamp = 0

  constructor(windows: WindowStore, times: Table, spec: TimeWindows, codecs: WindowCodecs) {
    super(windows.table, times, codecs, spec.idle)
    this.#windows = windows
    this.#spec = spec
  }

  /** A record: stream time goes on. Its windows are those of `nextWindow`. */
  seek(buffer: Uint8Array, start: number, end: number, timestamp: number, input = 0): void {
    const { size, advance, grace, lag } = this.#spec
    this.#windows.seek(buffer, start, end)
    this.#timestamp = timestamp
    this.idle?.seen()
    this.arrive(true)
    const time = this.time.advance(timestamp, input)
    // No window begins before the epoch, none that is closed is updated.
    const first = Math.max(0, Math.floor((timestamp - size + advance) / advance) * advance)
    const closing = Math.max(time, this.time.latest - lag) - grace - size
    this.#next = Math.max(first, (Math.floor(closing / advance) + 1) * advance)
    // Windows that close with this very record are still to go out.
    this.#windows.expire(this.time.before - grace - size - lag, EXPIRED_PER_RECORD)
  }

  /** Goes to the next window of the record; false: there is none. */
  nextWindow(): boolean {
    if (this.#next > this.#timestamp) return false
    this.windowStart = this.#next
    this.windowEnd = this.#next + this.#spec.size
    this.#next += this.#spec.advance
    this.slot = this.#windows.findAt(this.windowStart)
    return true
  }

  protected insert(timestamp: number): number {
    return this.#windows.insertAt(this.windowStart, timestamp)
  }

  protected endOfOpen(time: number): number {
    const { size, grace } = this.#spec
    const last = this.#windows.sorted(Math.max(0, time - size - grace), time).at(-1)
    return last === undefined ? time : this.#windows.windowStart(last) + size + grace
  }

  protected closedBetween(emitted: number, now: number): Int32Array {
    const { size, advance, grace } = this.#spec
    // Starts are multiples of the advance. Mostly none has come to its end since the last record: no row is looked at.
    const from = Math.ceil(Math.max(0, emitted - size - grace + 1) / advance) * advance
    const to = now - size - grace
    return from > to ? NOTHING : this.#windows.sorted(from, to)
  }

  protected stand(slot: number): void {
    this.windowStart = this.#windows.windowStart(slot)
    this.windowEnd = this.windowStart + this.#spec.size
  }

  protected keyEnd(slot: number): number {
    return this.#windows.keyEnd(slot)
  }
}
