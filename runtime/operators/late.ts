/**
 * Records that no window accepts, by the rules and on the same stream time as aggregates in these windows have. Sessions
 * are those of the accepted records, whether or not an aggregate has deleted its own.
 */
import type { SessionStore } from '../state/session-store.js'
import type { Table } from '../state/table.js'
import type { WindowStore } from '../state/window-store.js'
import { OperatorTime } from './operator-time.js'
import { SeekKey } from './seek-key.js'
import type { SessionWindows } from './session-window-aggregate.js'
import { SlidingWindowAggregate, type SlidingWindows } from './sliding-window-aggregate.js'
import type { StateCodec } from './state-codec.js'
import type { TimeWindows } from './time-window-aggregate.js'
import { EXPIRED_PER_RECORD } from './windowed-aggregate.js'

export class LateForTimeWindows {
  /** `emitted` is the start of the last window, where windows close without input. */
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
    if (start + size <= this.#time.advance(timestamp) - grace) return true
    if (idle !== undefined && start > this.#time.emitted) this.#time.emit(start)
    return false
  }

  /** In a turn of the clock: when windows close, time goes to where the last of them ends. */
  closeIdle(): boolean {
    const { size, grace, idle } = this.#spec
    if (idle?.take() !== true) return false
    const { emitted } = this.#time
    if (emitted >= 0) this.#time.advanceAll(emitted + size + grace)
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

/**
 * Sliding windows that close without input: which is the last to be over follows from all of them, since a record may be too
 * late for some and is forgotten when it is so for all. They are kept as an aggregate of nothing keeps them.
 */
export class LateForIdleSlidingWindows {
  readonly #windows: SlidingWindowAggregate
  readonly #time: OperatorTime
  readonly #spec: Omit<SlidingWindows, 'lag'>
  #timestamp = 0

  constructor(windows: WindowStore, times: Table, spec: Omit<SlidingWindows, 'lag'>) {
    this.#windows = new SlidingWindowAggregate(windows, times, { ...spec, lag: 0 }, { key: NO_KEY, value: undefined })
    this.#time = new OperatorTime(times)
    this.#spec = spec
  }

  /** A record: stream time goes on. */
  seek(buffer: Uint8Array, start: number, end: number, timestamp: number): void {
    this.#windows.seek(buffer, start, end, timestamp)
    this.#timestamp = timestamp
  }

  /** Whether the last of its windows is closed; it goes into those that are open. */
  isLate(): boolean {
    const { difference, grace } = this.#spec
    const windows = this.#windows
    while (windows.nextWindow()) if (!windows.isCopied()) windows.touch(this.#timestamp)
    return this.#timestamp + difference < this.#time.now - grace
  }

  closeIdle(): boolean {
    return this.#windows.closeIdle()
  }
}

export class LateForSessions {
  readonly #sessions: SessionStore
  readonly #time: OperatorTime
  readonly #spec: SessionWindows
  readonly #sought = new SeekKey()
  /** Sessions that the record touches. */
  readonly #found: number[] = []
  #timestamp = 0

  constructor(sessions: SessionStore, times: Table, spec: SessionWindows) {
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
    const { gap, grace, idle, lag } = this.#spec
    const sessions = this.#sessions
    const found = this.#found
    const timestamp = this.#timestamp
    const { bytes, length } = this.#sought
    idle?.seen()
    const now = this.#time.advance(timestamp)
    let [first, last] = [timestamp, timestamp]
    found.length = 0
    // What was closed for long is forgotten, as aggregates forget it.
    const forgotten = now - lag - grace - 2 * gap
    let slot = sessions.from(bytes, 0, length, Math.max(0, timestamp - gap, forgotten))
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
    sessions.expire(forgotten, EXPIRED_PER_RECORD)
    return isLate
  }
  /** In a turn of the clock: when sessions close, time goes to where the last of them is over. */
  closeIdle(): boolean {
    const { gap, grace, idle } = this.#spec
    if (idle?.take() !== true) return false
    const { now } = this.#time
    const last = this.#sessions.sorted(Math.max(0, now - gap - grace), now).at(-1)
    if (last !== undefined) this.#time.advanceAll(this.#sessions.sessionEnd(last) + gap + grace + 1)
    return true
  }
}

const NO_KEY: StateCodec = {
  read: () => null,
  write() {
    throw new TypeError('its keys are not written')
  },
}
