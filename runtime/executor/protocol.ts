/**
 * Messages between the main thread and an executor: plain data only, so that the executor may sit in a worker thread.
 * The main thread commands, the executor answers each command with `done` and reports on its own what happens.
 */
import type { RestoreStatus } from '../task/restoration.js'
import type { TaskMetrics } from '../task/task-metrics.js'
import type { PartitionOffset } from '../kafka/offsets.js'
import type { ResetPolicy } from '../kafka/fetched-partition.js'
import type { TaskId } from '../kafka/task-id.js'
import type { TransactionIdentity } from '../kafka/transactions.js'

export interface TaskInputStart {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Of the leader that had what is before the offset; -1: not known. */
  readonly leaderEpoch: number
  readonly reset: ResetPolicy
}

export interface TaskStart {
  readonly id: TaskId
  /** In the order of the sub-topology's inputs. */
  readonly inputs: readonly TaskInputStart[]
}

export type ExecutorCommand =
  | { readonly kind: 'start' }
  /** Takes over tasks, beside those it has. */
  | {
      readonly kind: 'assign'
      readonly tasks: readonly TaskStart[]
      /** Tasks of others whose state is to be followed, these and no others. */
      readonly standbys: readonly TaskId[]
    }
  /** Stops the tasks after the current record, commits and closes them. */
  | { readonly kind: 'revoke'; readonly tasks: readonly TaskId[] }
  /** Drops the tasks without a commit: others run them already. */
  | { readonly kind: 'lose'; readonly tasks: readonly TaskId[] }
  /** After all tasks are revoked: closes the connections. */
  | { readonly kind: 'close' }

export type ToExecutor =
  | { readonly type: 'command'; readonly id: number; readonly command: ExecutorCommand }
  | { readonly type: 'committed'; readonly id: number; readonly error: string | undefined }
  /** Tasks do not run while paused; everything else goes on. */
  | { readonly type: 'paused'; readonly isPaused: boolean }

export interface TaskStatus {
  readonly id: TaskId
  readonly metrics: TaskMetrics
  readonly parkedFor: string | undefined
  readonly counts: readonly number[]
  /** Records not yet processed, over all inputs, as far as known. */
  readonly lag: number
  /** Inputs with nothing to process though the broker has more: time does not pass them. */
  readonly awaited: number
}

/** How far the state of a task is held without running it: sum of changelog offsets. */
export interface HeldTask {
  readonly task: string
  readonly position: number
  /** Records of its changelogs that are still to be read; -1: not known yet. */
  readonly behind: number
}

export interface ExecutorStatus {
  readonly tasks: readonly TaskStatus[]
  /** Stores that are not ready: their tasks do not run yet. */
  readonly restoring: readonly RestoreStatus[]
  readonly standbys: readonly HeldTask[]
  readonly fetchedBytes: number
  readonly unacknowledgedBytes: number
  readonly transcodedMessages: number
  readonly commits: number
}

export interface FailureReport {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
}

export type FromExecutor =
  | { readonly type: 'done'; readonly id: number; readonly failure: FailureReport | undefined }
  /** Outputs up to these offsets are acknowledged: commit them and answer with `committed`. */
  | {
      readonly type: 'commit'
      readonly id: number
      readonly offsets: readonly PartitionOffset[]
      /** Only in this transaction, which the executor ends. */
      readonly transaction: TransactionIdentity | undefined
    }
  | { readonly type: 'status'; readonly status: ExecutorStatus }
  | { readonly type: 'print'; readonly label: string; readonly key: unknown; readonly value: unknown }
  | { readonly type: 'log'; readonly level: 'debug' | 'warn'; readonly message: string; readonly fields: object }
  /** The executor cannot go on. */
  | { readonly type: 'failed'; readonly failure: FailureReport }

export const reportOf = (error: unknown): FailureReport =>
  error instanceof Error
    ? { name: error.name, message: error.message, stack: stackOf(error) }
    : { name: 'Error', message: String(error), stack: undefined }

/** With the stacks of its causes: that of a failing lambda names the author's line. */
const stackOf = (error: Error): string => {
  const stack = error.stack ?? `${error.name}: ${error.message}`
  return error.cause instanceof Error ? `${stack}\ncaused by ${stackOf(error.cause)}` : stack
}

/** The error that was reported, with the stack of the thread where it happened. */
export const errorOf = ({ name, message, stack }: FailureReport): Error => {
  const error = new Error(message)
  error.name = name
  if (stack !== undefined) error.stack = stack
  return error
}
