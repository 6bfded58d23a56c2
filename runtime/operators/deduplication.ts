/** Which records went on: by key and what makes records of one key equal, each with its time. */
import { encodeJson } from '../generated/plain-serdes.js'
import { Scratch } from '../generated/scratch.js'
import { PrefixedKey } from '../state/prefixed-store.js'
import type { Table } from '../state/table.js'
import type { WindowStore } from '../state/window-store.js'
import { OperatorTime } from './operator-time.js'
import { SeekKey } from './seek-key.js'

/** How many rows one record removes that are too old. */
const EXPIRED_AT_ONCE = 8

export class Deduplication {
  readonly #seen: WindowStore
  readonly #time: OperatorTime
  /** ms */
  readonly #within: number
  readonly #key = new SeekKey()
  readonly #by = new Scratch()
  readonly #id = new PrefixedKey()

  constructor(seen: WindowStore, times: Table, within: number) {
    this.#seen = seen
    this.#time = new OperatorTime(times)
    this.#within = within
  }

  seek(buffer: Uint8Array, start: number, end: number): void {
    this.#key.set(buffer, start, end)
  }

  /** Whether no equal record has gone on whose time is less than `within` away; then this one does. */
  isNew(by: unknown, timestamp: number, hasBy: boolean): boolean {
    const seen = this.#seen
    const scratch = this.#by
    scratch.position = 0
    if (hasBy) encodeJson(scratch, by)
    const id = this.#id
    id.set(this.#key.bytes, this.#key.length, scratch.buffer, scratch.position)
    const forgotten = this.#time.advance(timestamp) - 2 * this.#within
    seen.expire(forgotten + 1, EXPIRED_AT_ONCE)
    const from = Math.max(timestamp - this.#within, forgotten) + 1
    const slot = seen.upTo(id.bytes, 0, id.length, timestamp + this.#within - 1)
    if (slot >= 0 && seen.windowStart(slot) >= from) return false
    if (timestamp > forgotten) seen.table.setNull(seen.insert(id.bytes, 0, id.length, timestamp, timestamp))
    return true
  }
}
