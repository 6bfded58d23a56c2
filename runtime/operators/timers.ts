/** Timers of a processor that go by one clock: one of each name for each key, as rows in the order of their times. */
import { Scratch } from '../generated/scratch.js'
import type { TimeBuffer } from '../state/time-buffer.js'
import type { SeekKey } from './seek-key.js'
import type { StateCodec } from './state-codec.js'

/** Before the name of a timer. */
const LENGTH_BYTES = 1

export class Timers {
  /** Of the timer that was taken last. */
  name = ''
  key: unknown = undefined
  /** ms since the epoch */
  at = 0
  readonly #buffer: TimeBuffer
  readonly #codec: StateCodec
  /** Of the timer that was taken last, its bytes: where value stores stand then. */
  readonly #taken: SeekKey
  readonly #rowKey = new Scratch()

  constructor(buffer: TimeBuffer, codec: StateCodec, taken: SeekKey) {
    this.#buffer = buffer
    this.#codec = codec
    this.#taken = taken
  }

  set(name: Uint8Array, key: SeekKey, at: number): void {
    const { table } = this.#buffer
    const slot = this.#find(name, key)
    if (slot >= 0 && table.timestamp(slot) === at) return
    // The time of a row is its place: it cannot be changed.
    if (slot >= 0) table.delete(slot)
    const { buffer, position } = this.#rowKey
    table.setNull(table.insert(buffer, 0, position, at))
  }

  cancel(name: Uint8Array, key: SeekKey): void {
    const slot = this.#find(name, key)
    if (slot >= 0) this.#buffer.table.delete(slot)
  }

  /** Time of the first one, Infinity: none is set. */
  next(): number {
    const slot = this.#buffer.first()
    return slot < 0 ? Infinity : this.#buffer.table.timestamp(slot)
  }

  /** Takes the first one. */
  take(): void {
    const { table } = this.#buffer
    const slot = this.#buffer.first()
    const bytes = table.keyBuffer(slot)
    const start = table.keyStart(slot)
    const keyStart = start + LENGTH_BYTES + bytes[start]!
    this.name = bytes.toString('utf8', start + LENGTH_BYTES, keyStart)
    this.at = table.timestamp(slot)
    this.#taken.set(bytes, keyStart, table.keyEnd(slot))
    this.key = this.#codec.read(this.#taken.bytes, 0, this.#taken.length)
    table.delete(slot)
  }

  #find(name: Uint8Array, key: SeekKey): number {
    const out = this.#rowKey
    const length = LENGTH_BYTES + name.length + key.length
    out.position = 0
    out.reserve(length)
    out.buffer[0] = name.length
    out.buffer.set(name, LENGTH_BYTES)
    key.bytes.copy(out.buffer, LENGTH_BYTES + name.length, 0, key.length)
    out.position = length
    return this.#buffer.table.find(out.buffer, 0, length)
  }
}
