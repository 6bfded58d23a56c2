/**
 * The join of two streams by key and time (Kafka Streams' KStreamKStreamJoin): rows of both sides, and records that wait
 * until no partner can come any more, if the join keeps such records. There is no check for late records: they meet what
 * is still kept.
 */
import { Scratch } from '../generated/scratch.js'
import { WINDOW_SUFFIX } from '../state/stored-key.js'
import type { Table } from '../state/table.js'
import type { TimeBuffer } from '../state/time-buffer.js'
import type { WindowStore } from '../state/window-store.js'
import { OperatorTime } from './operator-time.js'
import { SeekKey } from './seek-key.js'
import type { StateCodec } from './state-codec.js'

/** All in ms. */
export interface JoinWindow {
  /** A right record joins from so long before the left one… */
  readonly before: number
  /** …to so long after it. */
  readonly after: number
  readonly grace: number
  /** How long rows are kept, in stream time. */
  readonly retention: number
}

type Side = 0 | 1

/** Rows of a side that a record at most pays for to be forgotten. */
const EXPIRED_PER_RECORD = 8

export class StreamJoin {
  readonly #sides: readonly [WindowStore, WindowStore]
  readonly #codecs: readonly [StateCodec, StateCodec]
  readonly #keyCodec: StateCodec
  readonly #window: JoinWindow
  /** `emitted` holds the time of the first record that may be due; -1: none waits. */
  readonly #time: OperatorTime
  readonly #waiting: TimeBuffer | undefined
  readonly #key = new SeekKey()
  readonly #scratch = new Scratch()
  /** Key of a record that waits, written by `#keyOfWaiting`. */
  #waitingKey = Buffer.alloc(64)
  #side: Side = 0
  #timestamp = 0
  #slot = -1
  #partner = -1
  #hadPartner = false
  /** undefined: not looked for yet. */
  #due: readonly number[] | undefined
  #dueAt = 0
  #dueSlot = -1

  constructor(
    left: WindowStore,
    right: WindowStore,
    times: Table,
    waiting: TimeBuffer | undefined,
    window: JoinWindow,
    keyCodec: StateCodec,
    leftCodec: StateCodec,
    rightCodec: StateCodec,
  ) {
    this.#sides = [left, right]
    this.#codecs = [leftCodec, rightCodec]
    this.#time = new OperatorTime(times)
    this.#waiting = waiting
    this.#window = window
    this.#keyCodec = keyCodec
  }

  /** A record has come, one that is dropped too: stream time goes on. */
  advance(timestamp: number): void {
    this.#time.advance(timestamp)
  }

  /** Goes to a key. */
  seek(buffer: Uint8Array, start: number, end: number, timestamp: number): void {
    this.#key.set(buffer, start, end)
    this.#timestamp = timestamp
  }

  /** Keeps the record, for partners that come later. */
  keep(side: Side, value: unknown): void {
    const { bytes, length } = this.#key
    const store = this.#sides[side]
    const scratch = this.#scratch
    scratch.position = 0
    this.#codecs[side].write(scratch, value)
    const slot = store.append(bytes, 0, length, this.#timestamp, this.#timestamp)
    store.table.setValue(slot, scratch.buffer, 0, scratch.position)
    this.#side = side
    this.#slot = slot
    this.#partner = -1
    this.#hadPartner = false
    this.#due = undefined
  }

  /** Goes to the next record, of any key, that no partner can come for any more; false: there is none. */
  nextDue(): boolean {
    this.#due ??= this.#findDue()
    const slot = this.#due[this.#dueAt++]
    const { now } = this.#time
    if (slot === undefined) {
      if (this.#timestamp === now) this.#expire(now - this.#window.retention)
      return false
    }
    this.#dueSlot = slot
    return true
  }

  dueSide(): Side {
    const { table } = this.#waited
    return table.keyBuffer(this.#dueSlot)[table.keyStart(this.#dueSlot)] === RIGHT ? 1 : 0
  }

  dueKey(): unknown {
    const { table } = this.#waited
    const slot = this.#dueSlot
    return this.#keyCodec.read(table.keyBuffer(slot), table.keyStart(slot) + 1, table.keyEnd(slot) - WINDOW_SUFFIX)
  }

  dueTimestamp(): number {
    return this.#waited.table.timestamp(this.#dueSlot)
  }

  /** The value of the record that is due, which does not wait any longer. */
  takeDue(): unknown {
    const { table } = this.#waited
    const slot = this.#dueSlot
    const codec = this.#codecs[this.dueSide()]
    const value = codec.read(table.valueBuffer(slot), table.valueStart(slot), table.valueEnd(slot))
    table.delete(slot)
    return value
  }

  /** Goes to the next partner of the record, by time and arrival; false: there is none. */
  nextPartner(): boolean {
    const other = this.#side === 0 ? 1 : 0
    const store = this.#sides[other]
    const { bytes, length } = this.#key
    const [back, ahead] = this.#reach(this.#side)
    if (this.#partner < 0) {
      const oldest = this.#time.now - this.#window.retention
      // Kafka Streams looks for partners from time 0 on only.
      this.#partner = store.from(bytes, 0, length, Math.max(0, this.#timestamp - back, oldest))
    } else {
      this.#partner = store.next(this.#partner)
    }
    const slot = this.#partner
    if (slot < 0 || store.windowStart(slot) > Math.max(0, this.#timestamp + ahead)) return false
    this.#hadPartner = true
    if (this.#waiting !== undefined) this.#stopWaiting(other, slot)
    return true
  }

  partner(): unknown {
    const other = this.#side === 0 ? 1 : 0
    const { table } = this.#sides[other]
    const slot = this.#partner
    return this.#codecs[other].read(table.valueBuffer(slot), table.valueStart(slot), table.valueEnd(slot))
  }

  /** Of the record and its partner. */
  latest(): number {
    const other = this.#side === 0 ? 1 : 0
    return Math.max(this.#timestamp, this.#sides[other].windowStart(this.#partner))
  }

  /** Whether the record goes on alone at once: its window is over. Else, without a partner yet, it waits. */
  goesAlone(): boolean {
    if (this.#hadPartner) return false
    const [, ahead] = this.#reach(this.#side)
    if (Math.max(0, this.#timestamp + ahead) < this.#time.now) return true
    this.#wait()
    return false
  }

  /** How far back and ahead of a record of this side its partners may be. */
  #reach(side: Side): readonly [number, number] {
    const { before, after } = this.#window
    return side === 0 ? [before, after] : [after, before]
  }

  get #waited(): TimeBuffer {
    if (this.#waiting === undefined) throw new TypeError('no record of an inner join waits')
    return this.#waiting
  }

  #wait(): void {
    const { table } = this.#sides[this.#side]
    const slot = this.#slot
    const length = this.#keyOfWaiting(this.#side, slot)
    const waiting = this.#waited.table.insert(this.#waitingKey, 0, length, this.#timestamp)
    this.#waited.table.setValue(waiting, table.valueBuffer(slot), table.valueStart(slot), table.valueEnd(slot))
    const first = this.#time.emitted
    if (first < 0 || this.#timestamp < first) this.#time.emit(this.#timestamp)
  }

  #stopWaiting(side: Side, slot: number): void {
    const length = this.#keyOfWaiting(side, slot)
    const { table } = this.#waited
    const waiting = table.find(this.#waitingKey, 0, length)
    if (waiting >= 0) table.delete(waiting)
  }

  /** Side, then the key of the row: records of one time leave in that order, the right side first. Returns its length. */
  #keyOfWaiting(side: Side, slot: number): number {
    const { table } = this.#sides[side]
    const end = table.keyEnd(slot)
    const start = table.keyStart(slot)
    const length = end - start + 1
    if (length > this.#waitingKey.length) this.#waitingKey = Buffer.alloc(2 * length)
    this.#waitingKey[0] = side === 0 ? LEFT : RIGHT
    table.keyBuffer(slot).copy(this.#waitingKey, 1, start, end)
    return length
  }

  /**
   * As Kafka Streams: nothing is looked at before the first of them may be due by the reach of the record that has come;
   * the next look is when the last one that was looked at may be.
   */
  #findDue(): readonly number[] {
    this.#dueAt = 0
    const { now, emitted: first } = this.#time
    const { grace } = this.#window
    const [, own] = this.#reach(this.#side)
    if (this.#timestamp !== now || first < 0 || first + own + grace >= now) return NOTHING
    const due: number[] = []
    const open = [false, false]
    let [last, previous] = [-1, -1]
    const { table } = this.#waited
    for (const slot of this.#waited.inOrder()) {
      const timestamp = table.timestamp(slot)
      // Those of one key and time are one entry.
      const isAnother = timestamp !== last || table.compareKeys(previous, slot, WINDOW_SUFFIX) !== 0
      ;[last, previous] = [timestamp, slot]
      if (isAnother && open[0] === true && open[1] === true) break
      const side = table.keyBuffer(slot)[table.keyStart(slot)] === RIGHT ? 1 : 0
      const [, ahead] = this.#reach(side)
      if (timestamp + ahead + grace >= now) open[side] = true
      else due.push(slot)
    }
    this.#time.emit(last)
    return due
  }

  #expire(before: number): void {
    for (const store of this.#sides) store.expire(before, EXPIRED_PER_RECORD)
  }
}

const RIGHT = 0
const LEFT = 1
const NOTHING: readonly number[] = []
