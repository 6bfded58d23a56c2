/**
 * Compaction of segments that are not written any more, after Kafka's log cleaner: of each key the last record stays.
 * Records of aborted transactions go; tombstones, and markers of which nothing else is left, stay for
 * `delete.retention.ms` from the first time that they are met; a producer's last batch stays, emptied, so that what is
 * known of it survives. Offsets do not change.
 */
import {
  BatchCursor,
  RecordReader,
  controlTypeOf,
  type BatchHeader,
  type RecordBatch,
} from '../../../runtime/kafka/record-batch/index.js'
import { CleanedTransactions } from './cleaned-transactions.js'
import type { AbortedTransactionEntry } from './partition-log.js'
import { batchOf, deleteHorizonOf, retainedRecord, type RetainedRecord } from './retained-batch.js'

export interface CompactionRules {
  /** ms since the epoch. */
  readonly now: number
  readonly deleteRetentionMs: number
  readonly aborted: readonly AbortedTransactionEntry[]
  /** Whether it is the last batch that the log has of its producer. */
  isLastOfProducer(header: BatchHeader): boolean
}

/** What stays of these batches. */
export const compact = (batches: readonly Buffer[], rules: CompactionRules): readonly Buffer[] => {
  const lastOffsets = lastOffsetsOf(batches, rules)
  const transactions = new CleanedTransactions(rules.aborted)
  return batches.flatMap((bytes) => {
    const kept = clean(parsed(bytes), lastOffsets, transactions, rules)
    return kept === undefined ? [] : [kept]
  })
}

const parsed = (bytes: Buffer): RecordBatch => {
  const batch = new BatchCursor(bytes).next()
  if (batch === undefined) throw new Error('a batch of the log is not complete')
  return batch
}

function* recordsOf(batch: RecordBatch): Generator<RetainedRecord> {
  const reader = new RecordReader(batch.records())
  while (reader.next()) yield retainedRecord(reader)
}

/** Keys as text of their bytes. */
const lastOffsetsOf = (batches: readonly Buffer[], { aborted }: CompactionRules): ReadonlyMap<string, number> => {
  const transactions = new CleanedTransactions(aborted)
  const offsets = new Map<string, number>()
  for (const bytes of batches) {
    const batch = parsed(bytes)
    if (batch.header.isControl) {
      transactions.isMarkerOfNothing(batch.header, controlTypeOf(batch))
      continue
    }
    if (transactions.isAborted(batch.header)) continue
    for (const { key, offset } of recordsOf(batch)) if (key !== null) offsets.set(key.toString('latin1'), offset)
  }
  return offsets
}

const clean = (
  batch: RecordBatch,
  lastOffsets: ReadonlyMap<string, number>,
  transactions: CleanedTransactions,
  rules: CompactionRules,
): Buffer | undefined => {
  const { header, bytes } = batch
  const horizon = deleteHorizonOf(bytes, header)
  const isOver = horizon !== undefined && horizon <= rules.now
  const isMarkerOfNothing = header.isControl && transactions.isMarkerOfNothing(header, controlTypeOf(batch))
  const isAborted = !header.isControl && transactions.isAborted(header)
  const stays = ({ key, value, offset }: RetainedRecord): boolean => {
    if (header.isControl) return !(isMarkerOfNothing && isOver)
    if (isAborted || key === null) return false
    return offset >= (lastOffsets.get(key.toString('latin1')) ?? -1) && (value !== null || !isOver)
  }
  const records = [...recordsOf(batch)].filter(stays)
  if (records.length === 0) {
    if (header.producerId < 0n || !rules.isLastOfProducer(header)) return undefined
    return header.count === 0 ? bytes : batchOf(bytes, header, [], undefined)
  }
  const hasTombstones = !header.isControl && records.some(({ value }) => value === null)
  const begins = horizon === undefined && (hasTombstones || isMarkerOfNothing)
  if (records.length === header.count && !begins) return bytes
  return batchOf(bytes, header, records, begins ? rules.now + rules.deleteRetentionMs : horizon)
}
