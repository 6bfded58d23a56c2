/** A record that the policy `fail` stops the application for. */
import type { ManifestOperator } from '../abi/index.js'
import type { TaskId } from '../kafka/task-id.js'

export class RecordProcessingError extends Error {
  override readonly name = 'RecordProcessingError'

  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly offset: number,
    readonly operator: ManifestOperator | undefined,
    cause: unknown,
  ) {
    const where = operator === undefined ? 'reading it' : `operator ${operator.label}${at(operator)}`
    super(
      `record at offset ${offset} of ${topic}-${partition} failed in ${where}: ${reasonOf(cause)}; ` +
        'nothing of it was written. To go on without such records, set onError to skip or to a dead-letter topic',
      { cause },
    )
  }
}

/** Something that was due, by stream time or wall clock, that the policy `fail` stops the application for. */
export class DueProcessingError extends Error {
  override readonly name = 'DueProcessingError'

  constructor(
    { subTopology, partition }: TaskId,
    readonly operator: ManifestOperator | undefined,
    cause: unknown,
  ) {
    const where = operator === undefined ? '' : ` in operator ${operator.label}${at(operator)}`
    super(
      `a timer or punctuation of task ${subTopology}_${partition} failed${where}: ${reasonOf(cause)}; nothing of it ` +
        'was written. To go on without such ones, set onError to skip',
      { cause },
    )
  }
}

const at = ({ source }: ManifestOperator): string => (source === undefined ? '' : ` (${source})`)

export const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)
