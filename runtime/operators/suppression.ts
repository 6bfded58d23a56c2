/**
 * Changes of a table that are held back in stream time (Kafka Streams' KTableSuppressProcessorSupplier): a later one of a
 * key takes the place of the earlier, not its time to leave.
 */
import { Scratch } from '../generated/scratch.js'
import type { Table } from '../state/table.js'
import type { TimeBuffer } from '../state/time-buffer.js'
import { OperatorTime } from './operator-time.js'
import { SeekKey } from './seek-key.js'
import type { StateCodec } from './state-codec.js'
import type { Clocked, TaskClock } from './task-clock.js'

export interface SuppressionSpec {
  /** Whether keys are held back by the wall clock: they leave one by one when time passes. */
  readonly byWall: boolean
  /** How long after their times keys leave, ms of stream time. */
  readonly delay: number
  /** Keys that are held back at most. */
  readonly maxRecords: number
  /** Whether the oldest leave early when there are more; else the record fails. */
  readonly early: boolean
  /** Whether keys are those of windows… */
  readonly windowed: boolean
  /** …and leave by the ends of those, not by the time of their first change. */
  readonly byEnd: boolean
}

/** Column of a row: the timestamp of the record. */
const TIMESTAMP = 0
/** Behind the key of a windowed row: its start and end. */
const WINDOW_BYTES = 16

export class Suppression implements Clocked {
  readonly #held: TimeBuffer
  readonly #time: OperatorTime
  readonly #spec: SuppressionSpec
  readonly #keyCodec: StateCodec
  readonly #valueCodec: StateCodec
  readonly #key = new SeekKey()
  readonly #scratch = new Scratch()
  #rowKey = Buffer.alloc(128)
  #due: readonly number[] | Int32Array = []
  #dueAt = 0
  #slot = -1
  readonly #clock: TaskClock | undefined

  /** `clock`: of those that are held back by the wall clock. */
  constructor(
    held: TimeBuffer,
    times: Table,
    spec: SuppressionSpec,
    keyCodec: StateCodec,
    valueCodec: StateCodec,
    clock?: TaskClock,
  ) {
    this.#clock = clock
    if (spec.byWall) clock?.add(this)
    this.#held = held
    this.#time = new OperatorTime(times)
    this.#spec = spec
    this.#keyCodec = keyCodec
    this.#valueCodec = valueCodec
  }

  /** Goes to a key, without its window. */
  seek(buffer: Uint8Array, start: number, end: number): void {
    this.#key.set(buffer, start, end)
  }

  /** Holds a change of the key back; `start` and `end` are those of its window, where there is one. */
  hold(value: unknown, timestamp: number, start: number, end: number): void {
    const { byEnd, byWall, delay } = this.#spec
    const { table } = this.#held
    const now = byWall ? -Infinity : this.#time.advance(timestamp)
    const length = this.#writeRowKey(start, end)
    let slot = table.find(this.#rowKey, 0, length)
    if (slot < 0) slot = table.insert(this.#rowKey, 0, length, this.#sinceOf(byEnd ? end : timestamp))
    table.setNumber(slot, TIMESTAMP, timestamp)
    if (value === null || value === undefined) table.setNull(slot)
    else {
      const scratch = this.#scratch
      scratch.position = 0
      this.#valueCodec.write(scratch, value)
      table.setValue(slot, scratch.buffer, 0, scratch.position)
    }
    this.#due = byWall ? [] : this.#held.due(now - delay)
    this.#dueAt = 0
  }

  /** Goes to the next change that leaves, by time and key; false: there is none. Throws when too many stay. */
  nextDue(): boolean {
    if (this.#dueAt >= this.#due.length) {
      this.#due = this.#surplus()
      this.#dueAt = 0
    }
    this.#slot = this.#due[this.#dueAt++] ?? -1
    return this.#slot >= 0
  }

  advance(): void {
    // Only the wall clock makes something due.
  }

  dueAt(wall: number): number {
    const at = this.nextWallClock()
    return at > wall ? Infinity : at
  }

  nextWallClock(): number {
    const first = this.#held.first()
    return first < 0 ? Infinity : this.#held.table.timestamp(first) + this.#spec.delay
  }

  /** Goes to the first change that is due by the wall clock; false: there is none, or it is dropped. */
  fire(): boolean {
    const clock = this.#clock
    if (clock?.takeTurn(this) !== true) return false
    this.#slot = this.#held.first()
    if (!clock.skips) return true
    clock.skips = false
    this.#held.table.delete(this.#slot)
    return false
  }

  key(): unknown {
    const { table } = this.#held
    const slot = this.#slot
    const end = table.keyEnd(slot) - (this.#spec.windowed ? WINDOW_BYTES : 0)
    return this.#keyCodec.read(table.keyBuffer(slot), table.keyStart(slot), end)
  }

  /** Of the window. */
  start(): number {
    const { table } = this.#held
    return table.keyBuffer(this.#slot).readDoubleBE(table.keyEnd(this.#slot) - WINDOW_BYTES)
  }

  /** Of the window. */
  end(): number {
    const { table } = this.#held
    return table.keyBuffer(this.#slot).readDoubleBE(table.keyEnd(this.#slot) - WINDOW_BYTES / 2)
  }

  /** Of the record. */
  timestamp(): number {
    return this.#held.table.number(this.#slot, TIMESTAMP)
  }

  /** The value that leaves, null: the key is deleted. It is not held any longer. */
  take(): unknown {
    const { table } = this.#held
    const slot = this.#slot
    const value = table.hasValue(slot)
      ? this.#valueCodec.read(table.valueBuffer(slot), table.valueStart(slot), table.valueEnd(slot))
      : null
    table.delete(slot)
    return value
  }

  #sinceOf(time: number): number {
    return this.#spec.byWall && this.#clock !== undefined ? this.#clock.now() : time
  }

  #writeRowKey(start: number, end: number): number {
    const { bytes, length } = this.#key
    const whole = length + (this.#spec.windowed ? WINDOW_BYTES : 0)
    if (whole > this.#rowKey.length) this.#rowKey = Buffer.alloc(2 * whole)
    bytes.copy(this.#rowKey, 0, 0, length)
    if (this.#spec.windowed) {
      this.#rowKey.writeDoubleBE(start, length)
      this.#rowKey.writeDoubleBE(end, length + WINDOW_BYTES / 2)
    }
    return whole
  }

  /** What leaves since more is held back than may be. */
  #surplus(): readonly number[] {
    const { maxRecords, early } = this.#spec
    const surplus = this.#held.table.size - maxRecords
    if (!(surplus > 0)) return []
    if (!early) throw new RangeError(`more than ${maxRecords} keys are held back`)
    const slots: number[] = []
    for (const slot of this.#held.inOrder()) {
      if (slots.length === surplus) break
      slots.push(slot)
    }
    return slots
  }
}
