/**
 * Record batches (message format 2) in memory: reading what was fetched, writing what is produced. No I/O.
 *
 * Reading: `for (const batch of new BatchCursor(records))` gives every complete batch with its `header`;
 *   `batch.records()` gives the decompressed RecordSection, in which generated code or a `RecordReader` walks, and
 *   `recordsOf(batch)` gives objects. Go on fetching at `batch.header.nextOffset`; records below the offset asked for
 *   can come first and are the caller's to skip. `new ReadCommittedFilter(abortedTransactions).isVisible(batch)`, or
 *   `isVisibleUncommitted`, says whether records are delivered: control batches never are.
 * Writing: a `BatchWriter` per output partition takes records in place, rolls back whole input records and seals
 *   batches. `rewriteProducerState` and `stampAppended` change sealed ones; `buildBatch` and `buildControlBatch` make
 *   single ones from objects.
 * Beside: `murmur2`/`partitionForKey` (Java's partitioner), `crc32c`, header blocks, codecs.
 *
 * Errors: CorruptBatchError, UnsupportedMagicError, RecordTooLargeError, InvalidTimestampError, CodecMissingError, DecompressionError. They
 * know offsets but not topics: callers add where it happened.
 */
export { buildBatch, buildControlBatch, recordsOf } from './batch-builder.js'
export type { BuildOptions, ControlOptions, KafkaRecord, RecordInput } from './batch-builder.js'
export {
  BATCH_HEADER_BYTES,
  advanceSequence,
  batchSizeAt,
  readBatchHeader,
  rewriteProducerState,
  stampAppended,
} from './batch-header.js'
export type { BatchHeader, ProducerState, TimestampType } from './batch-header.js'
export { BatchWriter } from './batch-writer.js'
export type { BatchWriterOptions, SealOptions, SealedBatch } from './batch-writer.js'
export { BufferPool } from './buffer-pool.js'
export { compress, decompress } from './compression/compress.js'
export { COMPRESSION_TYPES } from './compression/compression-type.js'
export type { CompressionType } from './compression/compression-type.js'
export { controlTypeOf } from './control-record.js'
export type { ControlRecordType } from './control-record.js'
export { crc32c } from './crc32c.js'
export { BatchCursor, RecordBatch } from './cursor.js'
export type { CursorOptions, RecordSection } from './cursor.js'
export {
  CodecMissingError,
  CorruptBatchError,
  DecompressionError,
  InvalidTimestampError,
  RecordTooLargeError,
  UnsupportedMagicError,
} from './errors.js'
export { decodeHeaders, encodeHeaders } from './headers.js'
export type { Header, HeaderInput } from './headers.js'
export { murmur2, partitionForKey, toPositive } from './murmur2.js'
export { ReadCommittedFilter, isVisibleUncommitted } from './read-committed.js'
export type { AbortedTransactionRange } from './read-committed.js'
export { RecordReader } from './record-reader.js'
