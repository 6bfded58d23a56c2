/**
 * Aggregates in session windows (Kafka Streams' KStreamSessionWindowAggregate): [start, end] of records at most `gap`
 * apart. A record merges with every session that it touches; what they were is deleted, and the one that comes of them is
 * put in their place. A session is closed once its end, the gap and the grace are before the operator's stream time.
 */
import type { IdleClosing } from './idle-closing.js'
import type { SessionStore } from '../state/session-store.js'
import { SeekKey } from './seek-key.js'
import type { Table } from '../state/table.js'
import { SESSION_SUFFIX } from '../state/stored-key.js'
import { EXPIRED_PER_RECORD, WindowedAggregate, type WindowCodecs } from './windowed-aggregate.js'

export interface SessionWindows {
  readonly gap: number
  readonly grace: number
  /** How much longer than for another gap closed sessions are kept. */
  readonly lag: number
  /** Closes sessions when no input comes. */
  readonly idle?: IdleClosing
}

export class SessionWindowAggregate extends WindowedAggregate {
  readonly #sought = new SeekKey()
  readonly #sessions: SessionStore
  readonly #spec: SessionWindows
  /** Sessions that the record touches, by their ends. */
  readonly #found: number[] = []
  #next = 0
  #isOpen = false
  /** Whether the record falls on a session of its one moment, whose bounds stay as they are. */
  #isSame = false
  #mergedStart = 0
  #mergedEnd = 0

  constructor(sessions: SessionStore, times: Table, spec: SessionWindows, codecs: WindowCodecs) {
    super(sessions.table, times, codecs, spec.idle)
    this.#sessions = sessions
    this.#spec = spec
  }

  /** A record: stream time goes on. */
  seek(buffer: Uint8Array, start: number, end: number, timestamp: number, input = 0): void {
    const { gap, grace, lag } = this.#spec
    const sessions = this.#sessions
    const found = this.#found
    this.#sought.set(buffer, start, end)
    this.idle?.seen()
    this.#next = 0
    found.length = 0
    const time = this.time.advance(timestamp, input)
    let [first, last] = [timestamp, timestamp]
    // A session that has been forgotten may still be there.
    const from = Math.max(0, timestamp - gap, this.time.latest - lag - grace - 2 * gap)
    let slot = sessions.from(this.#sought.bytes, 0, this.#sought.length, from)
    while (slot >= 0 && sessions.sessionStart(slot) <= timestamp + gap) {
      found.push(slot)
      first = Math.min(first, sessions.sessionStart(slot))
      last = Math.max(last, sessions.sessionEnd(slot))
      slot = sessions.next(slot)
    }
    this.#mergedStart = first
    this.#mergedEnd = last
    this.#isSame = first === last
    this.#isOpen = last >= time - grace - gap
    this.arrive(true)
    // Sessions that close with this very record are still to go out.
    const before = Math.min(this.time.before - grace - 2 * gap - lag, from)
    sessions.expire(before, EXPIRED_PER_RECORD)
  }

  /** Whether the session that comes of the record still takes it. */
  isOpen(): boolean {
    return this.#isOpen
  }

  /** Goes to the next session that the record touches; false: the one that comes of them all is to be put. */
  nextMerged(): boolean {
    const found = this.#found
    const isReplaced = this.#next > 0 && !this.#isSame
    if (isReplaced) this.table.delete(this.slot)
    const slot = found[this.#next]
    if (slot !== undefined) {
      this.#next++
      this.slot = slot
      this.stand(slot)
      return true
    }
    if (isReplaced || this.#next === 0) this.slot = -1
    this.windowStart = this.#mergedStart
    this.windowEnd = this.#mergedEnd
    return false
  }

  /** Whether the session that it stands at is deleted for the one that it becomes part of. */
  isReplaced(): boolean {
    return !this.#isSame
  }

  /** Its timestamp is its end. */
  protected insert(): number {
    const { bytes, length } = this.#sought
    return this.#sessions.insert(bytes, 0, length, this.windowStart, this.windowEnd)
  }

  protected endOfOpen(time: number): number {
    const { gap, grace } = this.#spec
    const last = this.#sessions.sorted(Math.max(0, time - gap - grace), time).at(-1)
    return last === undefined ? time : this.#sessions.sessionEnd(last) + gap + grace + 1
  }

  protected closedBetween(emitted: number, now: number): Int32Array {
    const { gap, grace } = this.#spec
    const sessions = this.#sessions
    const { table } = sessions
    const closed = sessions.sorted(Math.max(0, emitted - gap - grace), now - gap - grace - 1)
    return closed.sort(
      (a, b) =>
        sessions.sessionEnd(a) - sessions.sessionEnd(b) ||
        sessions.sessionStart(a) - sessions.sessionStart(b) ||
        table.compareKeys(a, b, SESSION_SUFFIX),
    )
  }

  protected stand(slot: number): void {
    this.windowStart = this.#sessions.sessionStart(slot)
    this.windowEnd = this.#sessions.sessionEnd(slot)
  }

  protected keyEnd(slot: number): number {
    return this.#sessions.keyEnd(slot)
  }
}
