/** The row of an aggregate that a kernel stands at: how it is looked at and replaced. */
import { Scratch } from '../generated/scratch.js'
import { numberOf } from '../generated/write-number.js'
import type { Table } from '../state/table.js'
import { stateOf } from './row-state.js'
import type { Doubles, DoublesCodec, StateCodec } from './state-codec.js'

export abstract class AggregateRow implements Doubles {
  /** -1: there is none. */
  protected slot = -1
  readonly #scratch = new Scratch()
  /** Where the rows have room for them. */
  readonly #doubles: DoublesCodec | undefined

  constructor(
    protected readonly table: Table,
    readonly codec: StateCodec | undefined,
  ) {
    const doubles = codec?.doubles
    if (doubles !== undefined && table.hasDoubles(doubles.count)) this.#doubles = doubles
  }

  /** Makes the row. */
  protected abstract insert(timestamp: number): number

  exists(): boolean {
    return this.slot >= 0
  }

  /** Of a row that exists. */
  value(): unknown {
    if (this.#doubles !== undefined) return this.#doubles.read(this)
    const { table, slot } = this
    return this.#codec.read(table.valueBuffer(slot), table.valueStart(slot), table.valueEnd(slot))
  }

  /** 0 where there is no row. */
  number(): number {
    return this.slot < 0 ? 0 : this.table.number(this.slot, 0)
  }

  /** Which value it is, as a number: that of another one is another. -1: there is no row. */
  state(): number {
    if (this.codec === undefined) return this.slot < 0 ? -1 : this.number()
    return stateOf(this.table, this.slot)
  }

  /** Another number of the row; 0 where there is none. */
  column(column: number): number {
    return this.slot < 0 ? 0 : this.table.number(this.slot, column)
  }

  setColumn(column: number, value: number): void {
    this.table.setNumber(this.slot, column, value)
  }

  double(index: number): number {
    return this.table.double(this.slot, index)
  }

  setDouble(index: number, value: unknown, path: string): void {
    this.table.setDouble(this.slot, index, numberOf(value, path))
  }

  setValue(value: unknown): void {
    const doubles = this.#doubles
    if (doubles !== undefined) {
      this.table.beginDoubles(this.slot, doubles.count)
      doubles.write(this, value)
      return
    }
    const scratch = this.#scratch
    scratch.position = 0
    this.#codec.write(scratch, value)
    this.table.setValue(this.slot, scratch.buffer, 0, scratch.position)
  }

  /** The later of a time and that of the row. */
  latest(timestamp: number): number {
    return this.slot < 0 ? timestamp : Math.max(timestamp, this.table.timestamp(this.slot))
  }

  /** null deletes the row. Returns the time of the result: the latest of the row's records. */
  put(value: unknown, timestamp: number): number {
    if (value !== null && value !== undefined) {
      const time = this.touch(timestamp)
      this.setValue(value)
      return time
    }
    if (this.slot < 0) return timestamp
    const time = Math.max(timestamp, this.table.timestamp(this.slot))
    this.table.delete(this.slot)
    this.slot = -1
    return time
  }

  putNumber(value: number, timestamp: number): number {
    const time = this.touch(timestamp)
    this.table.setNumber(this.slot, 0, value)
    return time
  }

  /** Makes the row where there is none. Returns the time of the result. */
  touch(timestamp: number): number {
    if (this.slot < 0) {
      this.slot = this.insert(timestamp)
      return timestamp
    }
    const before = this.table.timestamp(this.slot)
    if (timestamp <= before) return before
    this.table.setTimestamp(this.slot, timestamp)
    return timestamp
  }

  get #codec(): StateCodec {
    if (this.codec === undefined) throw new TypeError('the state of this aggregate is a number')
    return this.codec
  }
}
