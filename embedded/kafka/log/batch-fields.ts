/**
 * Single fields of the batch that starts at `at` in a segment, for walking without an object per batch. Batches in a
 * log were validated when they were appended.
 */
const PREFIX_BYTES = 12

const readLong = (buffer: Buffer, at: number): number =>
  buffer.readInt32BE(at) * 0x1_0000_0000 + buffer.readUInt32BE(at + 4)

export const readBaseOffset = (buffer: Buffer, at: number): number => readLong(buffer, at)
export const readBatchSize = (buffer: Buffer, at: number): number => buffer.readInt32BE(at + 8) + PREFIX_BYTES
export const readLastOffset = (buffer: Buffer, at: number): number => readLong(buffer, at) + buffer.readInt32BE(at + 23)
export const readMaxTimestamp = (buffer: Buffer, at: number): number => readLong(buffer, at + 35)
