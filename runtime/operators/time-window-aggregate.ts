/**
 * Aggregates in tumbling and hopping windows (Kafka Streams' KStreamWindowAggregate): [start, end), aligned to the epoch,
 * updated in ascending order of their starts. A window is closed once its end and the grace are no later than the
 * operator's stream time, which is state of its own.
 */
import type { Table } from '../state/table.js'
import type { WindowStore } from '../state/window-store.js'
import { AggregateRow } from './aggregate-row.js'
import { OperatorTime } from './operator-time.js'
import { SeekKey } from './seek-key.js'
import type { StateCodec } from './state-codec.js'

export interface TimeWindows {
  readonly size: number
  readonly advance: number
  readonly grace: number
}

/** Rows that a record at most pays for to be forgotten. */
const EXPIRED_PER_RECORD = 8

export class TimeWindowAggregate extends AggregateRow {
  readonly #windows: WindowStore
  readonly #time: OperatorTime
  readonly #spec: TimeWindows
  readonly #keyCodec: StateCodec
  readonly #key = new SeekKey()
  #start = 0
  #next = 0
  /** The record's own time. */
  #timestamp = 0
  /** Closed windows that have not gone out yet; undefined: not looked for. */
  #closed: Int32Array | undefined
  #closedAt = 0

  constructor(
    windows: WindowStore,
    times: Table,
    spec: TimeWindows,
    keyCodec: StateCodec,
    valueCodec: StateCodec | undefined,
  ) {
    super(windows.table, valueCodec)
    this.#windows = windows
    this.#time = new OperatorTime(times)
    this.#spec = spec
    this.#keyCodec = keyCodec
  }

  /** A record: stream time goes on. Its windows are those of `nextWindow`. */
  seek(buffer: Uint8Array, start: number, end: number, timestamp: number): void {
    const { size, advance, grace } = this.#spec
    this.#key.set(buffer, start, end)
    this.#timestamp = timestamp
    this.#closed = undefined
    const time = this.#time.advance(timestamp)
    // No window begins before the epoch, none that is closed is updated.
    const first = Math.max(0, Math.floor((timestamp - size + advance) / advance) * advance)
    const open = (Math.floor((time - grace - size) / advance) + 1) * advance
    this.#next = Math.max(first, open)
    this.#windows.expire(time - grace - size - this.#kept(time), EXPIRED_PER_RECORD)
  }

  /** Goes to the next window of the record; false: there is none. */
  nextWindow(): boolean {
    if (this.#next > this.#timestamp) return false
    this.#start = this.#next
    this.#next += this.#spec.advance
    const { bytes, length } = this.#key
    this.slot = this.#windows.find(bytes, 0, length, this.#start)
    return true
  }

  /** Goes to the next window that the record has closed, by start, then key; false: there is none. */
  nextClosed(): boolean {
    this.#closed ??= this.#findClosed()
    const slot = this.#closed[this.#closedAt++]
    if (slot === undefined) return false
    this.slot = slot
    this.#start = this.#windows.windowStart(slot)
    return true
  }

  start(): number {
    return this.#start
  }

  end(): number {
    return this.#start + this.#spec.size
  }

  /** Of a row that exists. */
  timestamp(): number {
    return this.table.timestamp(this.slot)
  }

  key(): unknown {
    const { table, slot } = this
    return this.#keyCodec.read(table.keyBuffer(slot), table.keyStart(slot), this.#windows.keyEnd(slot))
  }

  protected insert(timestamp: number): number {
    return this.#windows.insert(this.#key.bytes, 0, this.#key.length, this.#start, timestamp)
  }

  /** Windows that close with this very record are still to go out. */
  #kept(time: number): number {
    return time - this.#time.before
  }

  #findClosed(): Int32Array {
    const { size, grace } = this.#spec
    const { now, emitted } = this.#time
    this.#closedAt = 0
    if (now <= emitted) return NOTHING
    this.#time.emit(now)
    return this.#windows.sorted(Math.max(0, emitted - size - grace + 1), now - size - grace)
  }
}

const NOTHING = new Int32Array(0)
