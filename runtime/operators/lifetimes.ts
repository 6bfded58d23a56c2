/** When the keys of a table were changed last: those that were not for too long leave, by time and key. */
import type { Table } from '../state/table.js'
import type { TimeBuffer } from '../state/time-buffer.js'
import { OperatorTime } from './operator-time.js'
import { SeekKey } from './seek-key.js'
import type { StateCodec } from './state-codec.js'

export class Lifetimes {
  readonly #changed: TimeBuffer
  readonly #time: OperatorTime
  /** ms of stream time */
  readonly #ttl: number
  readonly #codec: StateCodec
  readonly #key = new SeekKey()
  /** Of the key that leaves. */
  readonly #leaving = new SeekKey()
  #expiredAt = 0

  constructor(changed: TimeBuffer, times: Table, ttl: number, codec: StateCodec) {
    this.#changed = changed
    this.#time = new OperatorTime(times)
    this.#ttl = ttl
    this.#codec = codec
  }

  /** Goes to a key. */
  seek(buffer: Uint8Array, start: number, end: number): void {
    this.#key.set(buffer, start, end)
  }

  /** A record has come: stream time goes on. */
  advance(timestamp: number): void {
    this.#time.advance(timestamp)
  }

  /** The key lives on from its greatest timestamp. */
  touch(timestamp: number): void {
    const { table } = this.#changed
    const { bytes, length } = this.#key
    const slot = table.find(bytes, 0, length)
    if (slot >= 0 && table.timestamp(slot) >= timestamp) return
    // The time of a row is its place: it cannot be changed.
    if (slot >= 0) table.delete(slot)
    table.setNull(table.insert(bytes, 0, length, timestamp))
  }

  /** Takes the next key whose time is over; false: there is none. */
  nextExpired(): boolean {
    const { table } = this.#changed
    const slot = this.#changed.first()
    if (slot < 0) return false
    const end = table.timestamp(slot) + this.#ttl
    if (end > this.#time.now) return false
    this.#leaving.set(table.keyBuffer(slot), table.keyStart(slot), table.keyEnd(slot))
    this.#expiredAt = end
    table.delete(slot)
    return true
  }

  key(): unknown {
    return this.#codec.read(this.#leaving.bytes, 0, this.#leaving.length)
  }

  /** When its time was over, ms. */
  expiredAt(): number {
    return this.#expiredAt
  }
}
