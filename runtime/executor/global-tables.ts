/**
 * The global tables of an executor (Kafka Streams' GlobalStateManager): every partition of their topics is read, outside
 * of the group and of transactions, whole before the first task runs and on from there. Nothing is written: a process
 * that starts reads them anew.
 */
import type { Manifest } from '../abi/index.js'
import type { FetchedPartition } from '../kafka/fetched-partition.js'
import type { Fetcher } from '../kafka/fetcher.js'
import { StoreSet } from '../state/store-set.js'
import { OpenOutputs } from '../task/outputs.js'
import { TaskInput, type TaskInputOptions } from '../task/task-input.js'
import { TaskRunner, type TaskEnvironment } from '../task/task-runner.js'
import { withoutDeadLetters } from '../task/without-dead-letters.js'

export interface GlobalTablesOptions {
  readonly fetcher: Fetcher
  readonly input: TaskInputOptions
  /** Of a topic whose metadata is known. */
  partitions(topic: string): number
}

export class GlobalTables {
  /** What tasks look their rows up in. */
  readonly stores: StoreSet
  readonly #manifest: Manifest
  readonly #options: GlobalTablesOptions
  #readers: readonly TaskRunner[] = []
  #isReady: boolean

  constructor(manifest: Manifest, options: GlobalTablesOptions) {
    this.#manifest = manifest
    this.#options = options
    this.stores = StoreSet.ofGlobals(manifest.globalTables)
    this.#isReady = manifest.globalTables.length === 0
  }

  get topics(): readonly string[] {
    return this.#manifest.globalTables.map(({ input }) => input.topic)
  }

  /** Begins to read; the metadata of the topics is known. */
  start(environment: TaskEnvironment): void {
    const pipeline = withoutDeadLetters(environment.pipeline)
    this.#readers = this.#manifest.globalTables.flatMap(({ subTopology, input: { topic } }) =>
      Array.from({ length: this.#options.partitions(topic) }, (_, partition) => {
        const source = this.#options.fetcher.assign(topic, partition, 0, 'earliest')
        const nothing = new OpenOutputs([], () => undefined)
        const inputs = [new TaskInput(source, 0, this.#options.input)]
        const around = { ...environment, pipeline, isFull: () => false }
        return new TaskRunner({ subTopology, partition }, inputs, nothing, nothing, around, this.stores, nothing)
      }),
    )
  }

  /** Whether the tables hold what was there at start: tasks wait for that. */
  get isReady(): boolean {
    return this.#isReady
  }

  /**
   * Applies what has come until `deadline` (`performance.now()`); returns whether there is more to do at once. Throws
   * RecordProcessingError, by the policy of the pipeline.
   */
  run(deadline: number): boolean {
    let more = false
    for (const reader of this.#readers) {
      if (performance.now() >= deadline) more = true
      else if (reader.run(deadline) === 'more') more = true
    }
    // Nothing of what they hold is ever undone.
    this.stores.commit()
    this.#isReady ||= this.#readers.every(({ inputs }) => inputs.every(({ source }) => isRead(source)))
    return more
  }

  close(): void {
    for (const reader of this.#readers) {
      for (const { source } of reader.inputs) this.#options.fetcher.unassign(source)
      reader.close()
    }
    this.#readers = []
  }
}

const isRead = ({ caughtUp, bufferedBytes }: FetchedPartition): boolean => caughtUp && bufferedBytes === 0
