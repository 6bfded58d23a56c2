/** How a generated task turns values into bytes of a row, and back. */
import type { Scratch } from '../generated/scratch.js'

/** A value that is a record of doubles, which stand in its row as they are. */
export interface Doubles {
  double(index: number): number
  /** Throws AvroEncodeError for what is no number. */
  setDouble(index: number, value: unknown, path: string): void
}

export interface DoublesCodec {
  readonly count: number
  write(row: Doubles, value: unknown): void
  read(row: Doubles): unknown
}

export interface StateCodec {
  /** The same bytes, without a detour. */
  readonly doubles?: DoublesCodec
  write(out: Scratch, value: unknown): void
  read(buffer: Buffer, start: number, end: number): unknown
}
