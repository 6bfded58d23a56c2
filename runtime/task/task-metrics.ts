/** Counters of a task: plain numbers, added to once per slice or error, read when metrics are scraped. */
export interface TaskMetrics {
  /** Records that `process` finished, skipped and dead-lettered ones included. */
  processed: number
  skipped: number
  deadLettered: number
  corruptBatches: number
  processMs: number
  /** Records written to changelogs. */
  changelogged: number
  /** When `process` finished a record last, ms since the epoch; 0: never. */
  lastRecordAt: number
}

export const newTaskMetrics = (): TaskMetrics => ({
  processed: 0,
  skipped: 0,
  deadLettered: 0,
  corruptBatches: 0,
  processMs: 0,
  changelogged: 0,
  lastRecordAt: 0,
})
