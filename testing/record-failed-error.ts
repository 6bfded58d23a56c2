import type { RecordProblem, WireRecord } from '../compiler/interpret/index.js'

/** A record could not be processed and its policy is `'fail'`: the pipeline has stopped at it. `cause` says why. */
export class RecordFailedError extends Error {
  override readonly name = 'RecordFailedError'
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  /** Label of the operator; `source` when the record could not be decoded. */
  readonly operator: string

  constructor({ topic, partition, offset }: WireRecord, { label, error }: RecordProblem) {
    const reason = error instanceof Error ? error.message : String(error)
    super(`${label} failed on the record at ${topic}-${partition} offset ${offset}: ${reason}`, { cause: error })
    this.topic = topic
    this.partition = partition
    this.offset = offset
    this.operator = label
  }
}
