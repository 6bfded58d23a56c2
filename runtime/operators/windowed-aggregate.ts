/** What aggregates in windows of any kind share: where they stand, stream time, and final results of what is closed. */
import type { Table } from '../state/table.js'
import { AggregateRow } from './aggregate-row.js'
import type { IdleClosing } from './idle-closing.js'
import { OperatorTime } from './operator-time.js'
import type { StateCodec } from './state-codec.js'

export interface WindowCodecs {
  readonly key: StateCodec
  /** undefined: the state is numbers of the row. */
  readonly value: StateCodec | undefined
}

/** Rows that a record at most pays for to be forgotten. */
export const EXPIRED_PER_RECORD = 8

export abstract class WindowedAggregate extends AggregateRow {
  protected readonly time: OperatorTime
  protected windowStart = 0
  protected windowEnd = 0
  readonly #keyCodec: StateCodec
  /** Closed windows that have not gone out yet; undefined: not looked for. */
  #closed: Int32Array | undefined
  #closedAt = 0

  /** `idle` closes windows when no input comes. */
  constructor(
    table: Table,
    times: Table,
    codecs: WindowCodecs,
    protected readonly idle: IdleClosing | undefined,
  ) {
    super(table, codecs.value)
    this.time = new OperatorTime(times)
    this.#keyCodec = codecs.key
  }

  /**
   * Slots of windows that were not closed at `emitted` and are at `now`, in the order in which their results go out.
   * NOTHING: no window ends between the two, whatever its key.
   */
  protected abstract closedBetween(emitted: number, now: number): Int32Array
  /** First stream time at which all windows that are open at a time are closed. */
  protected abstract endOfOpen(time: number): number
  /** Bounds of the window of a row. */
  protected abstract stand(slot: number): void
  /** Where the key ends that the row was inserted with. */
  protected abstract keyEnd(slot: number): number

  start(): number {
    return this.windowStart
  }

  end(): number {
    return this.windowEnd
  }

  /** Of a row that exists. */
  timestamp(): number {
    return this.table.timestamp(this.slot)
  }

  key(): unknown {
    const { table, slot } = this
    return this.#keyCodec.read(table.keyBuffer(slot), table.keyStart(slot), this.keyEnd(slot))
  }

  /** Goes to the next window that the record has closed, by start, then key; false: there is none. */
  nextClosed(): boolean {
    this.#closed ??= this.#findClosed()
    const slot = this.#closed[this.#closedAt++]
    if (slot === undefined) return false
    this.slot = slot
    this.stand(slot)
    return true
  }

  /** Whether windows close in this turn of the clock: time goes to where the last of them is over. */
  closeIdle(): boolean {
    if (this.idle?.take() !== true) return false
    const { latest } = this.time
    this.time.advanceAll(Math.max(latest, this.endOfOpen(latest)))
    this.arrive(true)
    return true
  }

  /** Whether the record comes far enough to close windows. */
  protected arrive(closes: boolean): void {
    this.#closed = closes ? undefined : NOTHING
    this.#closedAt = 0
  }

  #findClosed(): Int32Array {
    const { now, emitted } = this.time
    this.#closedAt = 0
    if (now <= emitted) return NOTHING
    const closed = this.closedBetween(emitted, now)
    // Nothing to write down each time that a window could not have ended.
    if (closed !== NOTHING) this.time.emit(now)
    return closed
  }
}

export const NOTHING = new Int32Array(0)
