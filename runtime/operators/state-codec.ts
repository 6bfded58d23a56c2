/** How a generated task turns values into bytes of a row, and back. */
import type { Scratch } from '../generated/scratch.js'

export interface StateCodec {
  write(out: Scratch, value: unknown): void
  read(buffer: Buffer, start: number, end: number): unknown
}
