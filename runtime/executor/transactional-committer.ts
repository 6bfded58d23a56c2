/**
 * Commits what tasks have done, exactly once: their outputs, dead letters and input offsets in one transaction of the
 * executor. Tasks are held while it ends, so that each record belongs to one transaction as a whole. When it
 * cannot commit it is aborted, and the tasks begin again at the offsets committed last.
 */
import type { CommittedOffset, PartitionOffset } from '../kafka/offsets.js'
import { pause } from '../kafka/retry.js'
import { partitionKey } from '../kafka/topic-partition.js'
import { TransactionAbortableError } from '../kafka/transaction-error.js'
import type { TransactionalProducer } from '../kafka/transactional-producer.js'
import type { TransactionIdentity } from '../kafka/transactions.js'
import type { TaskRunner } from '../task/task-runner.js'

export interface TransactionalCommitterCallbacks {
  /** Asks the main thread to add the offsets to the transaction; its answer comes by `answer`. */
  request(id: number, offsets: readonly PartitionOffset[], transaction: TransactionIdentity): void
  /** Everything since the last commit is undone: replace the tasks by new ones that begin where `committed` says. */
  restore(committed: (key: string) => CommittedOffset | undefined): void
  /** Tasks may run again. */
  onReleased(): void
  onFatal(error: Error): void
}

const ABORT_BACKOFF_MS = 50

export class TransactionalCommitter {
  /** Successful commits. */
  commits = 0
  readonly #producer: TransactionalProducer
  readonly #callbacks: TransactionalCommitterCallbacks
  readonly #committed = new Map<string, CommittedOffset>()
  readonly #waiting = new Map<number, (error: string | undefined) => void>()
  #lastId = 0
  #busy = false
  #last: Promise<void> = Promise.resolve()
  /** Tasks of before an abort must not be committed any more. */
  #aborts = 0

  constructor(producer: TransactionalProducer, callbacks: TransactionalCommitterCallbacks) {
    this.#producer = producer
    this.#callbacks = callbacks
  }

  /** Whether tasks must neither run nor send. */
  get isHeld(): boolean {
    return this.#busy || this.#producer.isHeld
  }

  /** As of `Committer`; or tasks are held for another reason. */
  get isRunning(): boolean {
    return this.isHeld
  }

  /** Where a task starts: nothing to commit until it gets further. */
  startAt({ topic, partition, offset, leaderEpoch = -1 }: PartitionOffset): void {
    this.#committed.set(partitionKey(topic, partition), { offset, leaderEpoch })
  }

  forget(task: TaskRunner): void {
    for (const { source } of task.inputs) this.#committed.delete(source.key)
  }

  /** As of `Committer`. */
  committedOf(topic: string, partition: number): number | undefined {
    return this.#committed.get(partitionKey(topic, partition))?.offset
  }

  /** The commit of the interval; does nothing while one is under way. Rejects when it was aborted. */
  async commitUnlessRunning(tasks: readonly TaskRunner[]): Promise<void> {
    if (!this.isHeld) await this.#exclusively(() => this.#commitOrAbort(tasks))
  }

  /** The last commit of these tasks, after the one under way. They must be all that have sent something. */
  async commitFinally(tasks: readonly TaskRunner[]): Promise<void> {
    const aborts = this.#aborts
    await this.#exclusively(async () => {
      if (this.#aborts !== aborts) throw new TransactionAbortableError('the transaction was aborted')
      await this.#commitOrAbort(tasks)
    })
  }

  /** Undoes what was done since the last commit, if anything. */
  async abort(): Promise<void> {
    await this.#exclusively(() => this.#abort())
  }

  answer(id: number, error: string | undefined): void {
    this.#waiting.get(id)?.(error)
    this.#waiting.delete(id)
  }

  /** Fails what still waits for an answer. */
  close(): void {
    for (const resolve of this.#waiting.values()) resolve('the executor is closed')
    this.#waiting.clear()
  }

  /** One after the other; starts in the same turn of the event loop when there is no other. */
  #exclusively(work: () => Promise<void>): Promise<void> {
    const run = async (): Promise<void> => {
      this.#busy = true
      try {
        await work()
      } finally {
        this.#busy = false
        this.#callbacks.onReleased()
      }
    }
    const result = this.#busy ? this.#last.then(run) : run()
    this.#last = result.catch(() => undefined)
    return result
  }

  async #commitOrAbort(tasks: readonly TaskRunner[]): Promise<void> {
    try {
      await this.#commit(tasks)
    } catch (error) {
      await this.#abort()
      throw error
    }
  }

  async #abort(): Promise<void> {
    if (!this.#producer.isOpen) return
    this.#aborts++
    try {
      await this.#producer.abort()
    } catch (error) {
      this.#callbacks.onFatal(error instanceof Error ? error : new Error(String(error)))
      throw error
    }
    // What made it abort may not be over.
    await pause(ABORT_BACKOFF_MS)
    this.#callbacks.restore((key) => this.#committed.get(key))
  }

  async #commit(tasks: readonly TaskRunner[]): Promise<void> {
    if (this.#producer.isHeld) throw new TransactionAbortableError('the transaction must be aborted')
    const offsets: PartitionOffset[] = []
    for (const task of tasks) {
      task.sealForCommit()
      for (const { source, offset, leaderEpoch } of task.inputs) {
        if (offset === this.#committed.get(source.key)?.offset) continue
        offsets.push({ topic: source.topic, partition: source.partition, offset, leaderEpoch })
      }
    }
    if (offsets.length === 0 && !this.#producer.isOpen) return
    // What was done without input, by the wall clock, is fenced by the group's generation all the same.
    if (offsets.length === 0) offsets.push(...tasks.flatMap(positionsOf))
    await this.#end(offsets)
    this.commits++
    for (const { topic, partition, offset, leaderEpoch = -1 } of offsets) {
      const key = partitionKey(topic, partition)
      if (this.#committed.has(key)) this.#committed.set(key, { offset, leaderEpoch })
    }
    for (const { id, stores } of tasks) {
      stores.commit()
      stores.acknowledged((topic, isSource) =>
        isSource ? this.committedOf(topic, id.partition) : this.#producer.endOf(topic, id.partition),
      )
    }
  }

  async #end(offsets: readonly PartitionOffset[]): Promise<void> {
    const ask = (transaction: TransactionIdentity): Promise<string | undefined> =>
      new Promise((resolve) => {
        const id = ++this.#lastId
        this.#waiting.set(id, resolve)
        this.#callbacks.request(id, offsets, transaction)
      })
    try {
      await this.#producer.commit(offsets.length === 0 ? undefined : ask)
    } catch (error) {
      if (!(error instanceof TransactionAbortableError)) {
        this.#callbacks.onFatal(error instanceof Error ? error : new Error(String(error)))
      }
      throw error
    }
  }
}

function positionsOf({ inputs }: TaskRunner): readonly PartitionOffset[] {
  return inputs.map(({ source, offset, leaderEpoch }) => ({
    ...{ topic: source.topic, partition: source.partition },
    ...{ offset, leaderEpoch },
  }))
}
