/** Looks for records by time. The only place that opens batches: those whose header says that they can match. */
import { BatchCursor, RecordReader } from '../../../runtime/kafka/record-batch/index.js'
import type { PartitionLog } from './partition-log.js'

export interface TimedOffset {
  readonly offset: number
  readonly timestamp: number
}

function* recordsOf(batch: Buffer): Generator<TimedOffset> {
  for (const parsed of new BatchCursor(batch)) {
    const reader = new RecordReader(parsed.records())
    while (reader.next()) yield { offset: reader.offset, timestamp: reader.timestamp }
  }
}

/** The first record at or after `timestamp` (ms); undefined when there is none. */
export const findTimestamp = (log: PartitionLog, timestamp: number): TimedOffset | undefined => {
  for (const batch of log.batchesFrom(timestamp)) {
    for (const record of recordsOf(batch)) {
      if (record.timestamp >= timestamp && record.offset >= log.startOffset) return record
    }
  }
  return undefined
}

/** The first record with the largest time stamp. */
export const latestTimestamp = (log: PartitionLog): TimedOffset | undefined => {
  const largest = log.segments.reduce((max, segment) => Math.max(max, segment.maxTimestamp), -1)
  return largest < 0 ? undefined : findTimestamp(log, largest)
}
