/** The newest value of each key, whatever its timestamp (Kafka Streams' KTableSource and the views that joins have of it). */
import { Scratch } from '../generated/scratch.js'
import { stateOf } from './row-state.js'
import type { Table } from '../state/table.js'
import { SeekKey } from './seek-key.js'
import type { StateCodec } from './state-codec.js'

export class TableRows {
  readonly #table: Table
  readonly #codec: StateCodec
  readonly #key = new SeekKey()
  readonly #scratch = new Scratch()
  /** -1: there is no row. */
  #slot = -1

  constructor(table: Table, codec: StateCodec) {
    this.#table = table
    this.#codec = codec
  }

  /** Goes to the row of a key. */
  seek(buffer: Uint8Array, start: number, end: number): void {
    const key = this.#key
    key.set(buffer, start, end)
    this.#slot = this.#table.find(key.bytes, 0, key.length)
  }

  exists(): boolean {
    return this.#slot >= 0
  }

  /** null where there is no row. */
  value(): unknown {
    const slot = this.#slot
    if (slot < 0) return null
    const table = this.#table
    return this.#codec.read(table.valueBuffer(slot), table.valueStart(slot), table.valueEnd(slot))
  }

  /** Which value it is, as a number: that of other bytes is another one. -1: there is no row. */
  state(): number {
    return stateOf(this.#table, this.#slot)
  }

  /** The later of a time and that of the row. */
  latest(timestamp: number): number {
    return this.#slot < 0 ? timestamp : Math.max(timestamp, this.#table.timestamp(this.#slot))
  }

  /** null deletes the row. */
  set(value: unknown, timestamp: number): void {
    const table = this.#table
    if (value === null || value === undefined) {
      if (this.#slot >= 0) table.delete(this.#slot)
      this.#slot = -1
      return
    }
    if (this.#slot < 0) this.#slot = table.insert(this.#key.bytes, 0, this.#key.length, timestamp)
    else table.setTimestamp(this.#slot, timestamp)
    const scratch = this.#scratch
    scratch.position = 0
    this.#codec.write(scratch, value)
    table.setValue(this.#slot, scratch.buffer, 0, scratch.position)
  }
}
