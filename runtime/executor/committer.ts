/**
 * Commits what tasks have done, at-least-once: seals their outputs, waits until brokers have acknowledged all of them,
 * then has the main thread commit the offsets. One commit of the interval at a time; processing goes on meanwhile.
 */
import type { PartitionOffset } from '../kafka/offsets.js'
import type { Producer } from '../kafka/producer.js'
import { partitionKey } from '../kafka/topic-partition.js'
import type { TaskRunner } from '../task/task-runner.js'

export class Committer {
  /** Successful commits. */
  commits = 0
  readonly #producer: Producer
  readonly #request: (id: number, offsets: readonly PartitionOffset[]) => void
  readonly #committed = new Map<string, number>()
  readonly #waiting = new Map<number, (error: string | undefined) => void>()
  #lastId = 0
  #running: Promise<void> | undefined

  /** `request` asks the main thread; its answer comes by `answer`. */
  constructor(producer: Producer, request: (id: number, offsets: readonly PartitionOffset[]) => void) {
    this.#producer = producer
    this.#request = request
  }

  /** Where a task starts: nothing to commit until it gets further. */
  startAt({ topic, partition, offset }: PartitionOffset): void {
    this.#committed.set(partitionKey(topic, partition), offset)
  }

  forget(task: TaskRunner): void {
    for (const { source } of task.inputs) this.#committed.delete(source.key)
  }

  /** Of a task that runs here; where it has started until its first commit. */
  committedOf(topic: string, partition: number): number | undefined {
    return this.#committed.get(partitionKey(topic, partition))
  }

  /** Whether a commit of the interval is under way. */
  get isRunning(): boolean {
    return this.#running !== undefined
  }

  /** The commit of the interval; does nothing while one is under way. Rejects when it fails. */
  async commitUnlessRunning(tasks: readonly TaskRunner[]): Promise<void> {
    if (this.#running !== undefined) return
    this.#running = this.#commit(tasks)
    try {
      await this.#running
    } finally {
      this.#running = undefined
    }
  }

  /** The last commit of these tasks, after the one under way. */
  async commitFinally(tasks: readonly TaskRunner[]): Promise<void> {
    await this.#running?.catch(() => undefined)
    await this.#commit(tasks)
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

  async #commit(tasks: readonly TaskRunner[]): Promise<void> {
    const offsets: PartitionOffset[] = []
    for (const task of tasks) {
      task.sealForCommit()
      // Processing goes on; what is lost on the way ends the process.
      task.stores.commit()
      for (const { source, offset, leaderEpoch } of task.inputs) {
        if (offset === this.#committed.get(source.key)) continue
        offsets.push({ topic: source.topic, partition: source.partition, offset, leaderEpoch })
      }
    }
    if (offsets.length === 0) return
    await this.#producer.acknowledged()
    const id = ++this.#lastId
    const error = await new Promise<string | undefined>((resolve) => {
      this.#waiting.set(id, resolve)
      this.#request(id, offsets)
    })
    if (error !== undefined) throw new Error(`offsets are not committed: ${error}`)
    this.commits++
    for (const { topic, partition, offset } of offsets) {
      const key = partitionKey(topic, partition)
      if (this.#committed.has(key)) this.#committed.set(key, offset)
    }
    for (const {
      id: { partition },
      stores,
    } of tasks) {
      stores.acknowledged((topic, isSource) =>
        isSource ? this.committedOf(topic, partition) : this.#producer.endOf(topic, partition),
      )
    }
  }
}
