/** What became of one record, and what it wrote. */
import type { OutputRecord, WireRecord } from './record.js'

export interface RecordOutcome {
  readonly record: WireRecord
  readonly result: RecordResult
  /** In order; empty unless the result is `done` or `dead-lettered`. */
  readonly outputs: readonly OutputRecord[]
}

export type RecordResult =
  | { readonly kind: 'done' }
  /** Its event time is negative. */
  | { readonly kind: 'dropped' }
  | ({ readonly kind: 'skipped' | 'dead-lettered' | 'failed' } & RecordProblem)

export interface RecordProblem {
  /** Id of the node that failed; -1: the decoder of the source. */
  readonly operator: number
  readonly label: string
  readonly error: unknown
}
