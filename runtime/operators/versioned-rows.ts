/**
 * Every value of a table's keys with the time from which it held, as far back as the history goes (Kafka Streams'
 * VersionedKeyValueStore, KIP-889). A tombstone is a version, too.
 */
import { Scratch } from '../generated/scratch.js'
import type { Table } from '../state/table.js'
import type { WindowStore } from '../state/window-store.js'
import { OperatorTime } from './operator-time.js'
import { stateOf } from './row-state.js'
import { SeekKey } from './seek-key.js'
import type { StateCodec } from './state-codec.js'

export class VersionedRows {
  readonly #versions: WindowStore
  readonly #time: OperatorTime
  /** How far back versions are kept, ms of stream time. */
  readonly #history: number
  readonly #codec: StateCodec
  readonly #key = new SeekKey()
  readonly #scratch = new Scratch()
  /** The version in question, -1: there is none, or it is a tombstone. */
  #slot = -1

  constructor(versions: WindowStore, times: Table, history: number, codec: StateCodec) {
    this.#versions = versions
    this.#time = new OperatorTime(times)
    this.#history = history
    this.#codec = codec
  }

  /** Goes to the newest version of a key. */
  seek(buffer: Uint8Array, start: number, end: number): void {
    this.#key.set(buffer, start, end)
    this.#goTo(this.#newest())
  }

  /** Goes to the version that held at a time; what is older than the history is gone, unless it is the newest. */
  asOf(timestamp: number): void {
    const { bytes, length } = this.#key
    const slot = this.#versions.upTo(bytes, 0, length, timestamp)
    const isGone = timestamp < this.#time.now - this.#history && slot !== this.#newest()
    this.#goTo(isGone ? -1 : slot)
  }

  exists(): boolean {
    return this.#slot >= 0
  }

  /** Of a version that exists. */
  value(): unknown {
    const { table } = this.#versions
    const slot = this.#slot
    return this.#codec.read(table.valueBuffer(slot), table.valueStart(slot), table.valueEnd(slot))
  }

  /** Which value it is, as a number: that of other bytes is another one. -1: there is no row. */
  state(): number {
    return stateOf(this.#versions.table, this.#slot)
  }

  /** The later of a time and that of the version. */
  latest(timestamp: number): number {
    return this.#slot < 0 ? timestamp : Math.max(timestamp, this.#versions.windowStart(this.#slot))
  }

  /** Whether a version is not older than the history. Stream time goes on. */
  accepts(timestamp: number): boolean {
    return timestamp >= this.#time.advance(timestamp) - this.#history
  }

  /** Keeps a version, null: a tombstone. Returns whether it is the newest one of its key. */
  put(value: unknown, timestamp: number): boolean {
    const { table } = this.#versions
    const newest = this.#newest()
    const isNewest = newest < 0 || this.#versions.windowStart(newest) <= timestamp
    this.#versions.seek(this.#key.bytes, 0, this.#key.length)
    let slot = this.#versions.findAt(timestamp)
    if (slot < 0) slot = this.#versions.insertAt(timestamp, timestamp)
    if (value === null || value === undefined) table.setNull(slot)
    else {
      const scratch = this.#scratch
      scratch.position = 0
      this.#codec.write(scratch, value)
      table.setValue(slot, scratch.buffer, 0, scratch.position)
    }
    this.#forget()
    this.#goTo(this.#newest())
    return isNewest
  }

  #newest(): number {
    return this.#versions.upTo(this.#key.bytes, 0, this.#key.length, Infinity)
  }

  #goTo(slot: number): void {
    this.#slot = slot >= 0 && this.#versions.table.hasValue(slot) ? slot : -1
  }

  /** Versions of the key that another one has replaced before the history begins. */
  #forget(): void {
    const { bytes, length } = this.#key
    const horizon = this.#time.now - this.#history
    let slot = this.#versions.upTo(bytes, 0, length, horizon)
    if (slot < 0) return
    slot = this.#versions.previous(slot)
    while (slot >= 0) {
      const before = this.#versions.previous(slot)
      this.#versions.table.delete(slot)
      slot = before
    }
  }
}
