/**
 * Records that wait for versions of a table which come late (Kafka Streams' RocksDBTimeOrderedKeyValueBuffer in a
 * stream-table join with grace, KIP-923): they leave by time, then by the bytes of their keys, then as they came.
 */
import { Scratch } from '../generated/scratch.js'
import type { Table } from '../state/table.js'
import type { TimeBuffer } from '../state/time-buffer.js'
import { OperatorTime } from './operator-time.js'
import { SeekKey } from './seek-key.js'
import type { StateCodec } from './state-codec.js'

/** Of a row's key, behind the record's. */
const SERIAL_BYTES = 8

export class JoinBuffer {
  readonly #buffer: TimeBuffer
  /** `emitted` counts the records that have waited. */
  readonly #time: OperatorTime
  readonly #grace: number
  readonly #keyCodec: StateCodec
  readonly #valueCodec: StateCodec
  readonly #key = new SeekKey()
  readonly #scratch = new Scratch()
  #rowKey = Buffer.alloc(128)
  /** undefined: not looked for yet. */
  #due: Int32Array | undefined
  #dueAt = 0
  #slot = -1

  constructor(buffer: TimeBuffer, times: Table, grace: number, keyCodec: StateCodec, valueCodec: StateCodec) {
    this.#buffer = buffer
    this.#time = new OperatorTime(times)
    this.#grace = grace
    this.#keyCodec = keyCodec
    this.#valueCodec = valueCodec
  }

  /** A record has come: stream time goes on. */
  advance(timestamp: number): void {
    this.#time.advance(timestamp)
    this.#due = undefined
  }

  /** Kafka Streams' buffer refuses such records as well. */
  refuseKeyless(): never {
    throw new TypeError('a record without a key cannot wait for versions of a table')
  }

  seek(buffer: Uint8Array, start: number, end: number): void {
    this.#key.set(buffer, start, end)
  }

  /** Keeps the record; false: it is too late to wait. */
  add(value: unknown, timestamp: number): boolean {
    if (timestamp < this.#time.now - this.#grace) return false
    const serial = this.#time.emitted + 1
    this.#time.emit(serial)
    const length = SERIAL_BYTES + this.#key.length
    if (length > this.#rowKey.length) this.#rowKey = Buffer.alloc(2 * length)
    this.#key.bytes.copy(this.#rowKey, 0, 0, this.#key.length)
    this.#rowKey.writeBigUInt64BE(BigInt(serial), this.#key.length)
    const scratch = this.#scratch
    scratch.position = 0
    this.#valueCodec.write(scratch, value)
    const { table } = this.#buffer
    table.setValue(table.insert(this.#rowKey, 0, length, timestamp), scratch.buffer, 0, scratch.position)
    return true
  }

  /** Goes to the next record that has waited long enough; false: there is none. */
  nextDue(): boolean {
    if (this.#due === undefined) {
      this.#due = this.#buffer.due(this.#time.now - this.#grace)
      this.#dueAt = 0
    }
    this.#slot = this.#due[this.#dueAt++] ?? -1
    return this.#slot >= 0
  }

  dueKey(): unknown {
    const { table } = this.#buffer
    const slot = this.#slot
    return this.#keyCodec.read(table.keyBuffer(slot), table.keyStart(slot), table.keyEnd(slot) - SERIAL_BYTES)
  }

  dueTimestamp(): number {
    return this.#buffer.table.timestamp(this.#slot)
  }

  /** The value of the record, which does not wait any longer. */
  takeDue(): unknown {
    const { table } = this.#buffer
    const slot = this.#slot
    const value = this.#valueCodec.read(table.valueBuffer(slot), table.valueStart(slot), table.valueEnd(slot))
    table.delete(slot)
    return value
  }
}
