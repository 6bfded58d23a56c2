/** What rows of a table in memory hold, and where: keys and values in the rows themselves, or in the arena. */
import { Arena } from './arena.js'
import { Field, Flag, Rows } from './rows.js'

/** Numbers of rows are in the machine's order, Avro's doubles are in this one. */
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

export abstract class RowBytes {
  protected readonly rows: Rows
  protected readonly arena = new Arena()

  constructor(
    readonly columns: number,
    valueBytes: number,
  ) {
    this.rows = new Rows(columns, valueBytes)
  }

  /** Slots are below it, not all of them live. */
  get slotLimit(): number {
    return this.rows.limit
  }

  isLive(slot: number): boolean {
    return (this.rows.get(slot, Field.Flags) & Flag.Live) !== 0
  }

  timestamp(slot: number): number {
    return this.rows.number(slot, 0)
  }

  number(slot: number, column: number): number {
    return this.rows.number(slot, column + 1)
  }

  keyBuffer(slot: number): Buffer {
    const address = this.rows.get(slot, Field.KeyAddress) >>> 0
    return address === 0 ? this.rows.bytes(slot) : this.arena.page(address)
  }

  /** Of the same bytes as `keyBuffer`. */
  keyView(slot: number): DataView {
    const address = this.rows.get(slot, Field.KeyAddress) >>> 0
    return address === 0 ? this.rows.view(slot) : this.arena.view(address)
  }

  keyStart(slot: number): number {
    const address = this.rows.get(slot, Field.KeyAddress) >>> 0
    return address === 0 ? this.rows.keyStart(slot) : this.arena.start(address)
  }

  keyEnd(slot: number): number {
    return this.keyStart(slot) + this.rows.get(slot, Field.KeyLength)
  }

  keyLength(slot: number): number {
    return this.rows.get(slot, Field.KeyLength)
  }

  hasValue(slot: number): boolean {
    return this.rows.get(slot, Field.ValueLength) >= 0
  }

  valueBuffer(slot: number): Buffer {
    const address = this.rows.get(slot, Field.ValueAddress) >>> 0
    return address === 0 ? this.rows.bytes(slot) : this.arena.page(address)
  }

  valueStart(slot: number): number {
    const address = this.rows.get(slot, Field.ValueAddress) >>> 0
    return address === 0 ? this.rows.valueStart(slot) : this.arena.start(address)
  }

  valueEnd(slot: number): number {
    return this.valueStart(slot) + this.rows.get(slot, Field.ValueLength)
  }

  valueLength(slot: number): number {
    return this.rows.get(slot, Field.ValueLength)
  }

  hasDoubles(count: number): boolean {
    return isLittleEndian && 8 * count <= this.rows.valueBytes
  }

  double(slot: number, index: number): number {
    return this.rows.number(slot, this.columns + 1 + index)
  }

  setDouble(slot: number, index: number, value: number): void {
    this.rows.setNumber(slot, this.columns + 1 + index, value)
  }

  compareKeys(a: number, b: number, suffix = 0): number {
    const bufferA = this.keyBuffer(a)
    const bufferB = this.keyBuffer(b)
    const endA = this.keyEnd(a)
    const endB = this.keyEnd(b)
    const order = bufferA.compare(bufferB, this.keyStart(b), endB - suffix, this.keyStart(a), endA - suffix)
    if (order !== 0 || suffix === 0) return order
    return bufferA.compare(bufferB, endB - suffix, endB, endA - suffix, endA)
  }
}
