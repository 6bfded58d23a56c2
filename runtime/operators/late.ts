/**
 * Records that no window accepts, by the rules and on the same stream time as aggregates in these windows have. Sessions
 * are those of the accepted records, whether or not an aggregate has deleted its own.
 */
import type { SessionStore } from '../state/session-store.js'
import type { Table } from '../state/table.js'
import { OperatorTime } from './operator-time.js'
import { SeekKey } from './seek-key.js'
import type { SessionWindows } from './session-window-aggregate.js'
import type { SlidingWindows } from './sliding-window-aggregate.js'
import type { TimeWindows } from './time-window-aggregate.js'
import { EXPIRED_PER_RECORD } from './windowed-aggregate.js'

export class LateForTimeWindows {
  readonly #time: OperatorTime
  readonly #spec: Omit<TimeWindows, 'lag'>

  constructor(times: Table, spec: Omit<TimeWindows, 'lag'>) {
    this.#time = new OperatorTime(times)
    this.#spec = spec
  }

  /** A record: stream time goes on. Whether the last of its windows is closed. */
  isLate(timestamp: number): boolean {
    const { size, advance, grace, idle } = this.#spec
    const start = Math.floor(timestamp / advance) * advance
    idle?.seen()
    return start + size <= this.#time.advance(timestamp) - grace
  }

  /** In a turn of the clock: when windows close, time goes to where the last of them ends. */
  closeIdle(): boolean {
    const { size, advance, grace, idle } = this.#spec
    if (idle?.take() !== true) return false
    this.#time.advanceAll(Math.floor(this.#time.now / advance) * advance + size + grace)
    return true
  }
}

export class LateForSlidingWindows {
  readonly #time: OperatorTime
  readonly #spec: Omit<SlidingWindows, 'lag'>

  constructor(times: Table, spec: Omit<SlidingWindows, 'lag'>) {
    this.#time = new OperatorTime(times)
    this.#spec = spec
  }

  /** A record: stream time goes on. Whether the last of its windows is closed. */
  isLate(timestamp: number): boolean {
    const { difference, grace } = this.#spec
    return timestamp + difference < this.#time.advance(timestamp) - grace
  }
}

export class LateForSessions {
  readonly #sessions: SessionStore
  readonly #time: OperatorTime
  readonly #spec: Omit<SessionWindows, 'lag'>
  readonly #sought = new SeekKey()
  /** Sessions that the record touches. */
  readonly #found: number[] = []
  #timestamp = 0

  constructor(sessions: SessionStore, times: Table, spec: Omit<SessionWindows, 'lag'>) {
    this.#sessions = sessions
    this.#time = new OperatorTime(times)
    this.#spec = spec
  }

  /** A record: stream time goes on. */
  seek(buffer: Uint8Array, start: number, end: number, timestamp: number): void {
    this.#sought.set(buffer, start, end)
    this.#timestamp = timestamp
  }

  /** Whether the session that comes of the record is closed; an open one is kept. */
  isLate(): boolean {
    const { gap, grace } = this.#spec
    const sessions = this.#sessions
    const found = this.#found
    const timestamp = this.#timestamp
    const { bytes, length } = this.#sought
    const now = this.#time.advance(timestamp)
    let [first, last] = [timestamp, timestamp]
    found.length = 0
    // What is closed for another gap is forgotten, as aggregates forget it.
    let slot = sessions.from(bytes, 0, length, Math.max(0, timestamp - gap, now - grace - 2 * gap))
    while (slot >= 0 && sessions.sessionStart(slot) <= timestamp + gap) {
      found.push(slot)
      first = Math.min(first, sessions.sessionStart(slot))
      last = Math.max(last, sessions.sessionEnd(slot))
      slot = sessions.next(slot)
    }
    const isLate = last < now - grace - gap
    if (!isLate) {
      for (const merged of found) sessions.table.delete(merged)
      sessions.insert(bytes, 0, length, first, last)
    }
    sessions.expire(now - grace - 2 * gap, EXPIRED_PER_RECORD)
    return isLate
  }
}
