/**
 * Gets the stores of tasks ready and keeps them when tasks leave: from memory when the task was here before, else from
 * a snapshot, and in both cases from the end of the changelog.
 */
import path from 'node:path'
import type { Manifest } from '../abi/index.js'
import { EARLIEST, LATEST, listOffsets } from '../kafka/admin.js'
import type { KafkaClient } from '../kafka/client.js'
import type { Fetcher } from '../kafka/fetcher.js'
import { formatTaskId, type TaskId } from '../kafka/task-id.js'
import { partitionKey, type TopicPartition } from '../kafka/topic-partition.js'
import { SnapshotRejectedError } from '../state/snapshot.js'
import { StoreSet, limitRows } from '../state/store-set.js'
import { TaskSnapshots, type SnapshotSubject } from '../state/task-snapshots.js'
import { Restoration, type ChangelogSource } from '../task/restoration.js'
import type { TaskInputOptions } from '../task/task-input.js'

export interface StateKeeperOptions {
  readonly directory: string | undefined
  readonly snapshotIntervalMs: number
  readonly input: TaskInputOptions
  /** Largest record of a topic. */
  maxRecordBytes(topic: string): number
  warn(message: string, fields: object): void
}

/** Stores of a task that has left, with the offsets up to which they hold their changelogs. */
interface Kept {
  readonly stores: StoreSet
  readonly positions: ReadonlyMap<string, number>
}

export class StateKeeper {
  readonly #manifest: Manifest
  readonly #client: KafkaClient
  readonly #fetcher: Fetcher
  readonly #options: StateKeeperOptions
  readonly #kept = new Map<string, Kept>()

  constructor(manifest: Manifest, client: KafkaClient, fetcher: Fetcher, options: StateKeeperOptions) {
    this.#manifest = manifest
    this.#client = client
    this.#fetcher = fetcher
    this.#options = options
  }

  /** Stores that are ready, or what must run until they are. */
  async prepare(id: TaskId): Promise<StoreSet | Restoration> {
    const key = formatTaskId(id)
    const kept = this.#kept.get(key)
    this.#kept.delete(key)
    if (kept !== undefined) return this.#restoration(id, kept.stores, kept.positions)
    const stores = StoreSet.of(this.#manifest.stores, id.subTopology)
    if (stores.changelogs.length === 0) return stores
    for (const store of stores.all) {
      const topic = store.description.changelog?.topic
      if (topic !== undefined) limitRows(store, this.#options.maxRecordBytes(topic))
    }
    return this.#restoration(id, stores, await this.#load(id, stores))
  }

  /** Keeps the stores of tasks that have left after a commit of theirs, in case they come back. */
  async keep(tasks: readonly { readonly id: TaskId; readonly stores: StoreSet }[]): Promise<void> {
    const stateful = tasks.filter(({ stores }) => stores.changelogs.length > 0)
    if (stateful.length === 0) return
    for (const { stores } of stateful) stores.snapshots?.discard()
    const ends = await this.#offsets(
      stateful.flatMap(({ id, stores }) => partitionsOf(id, stores)),
      LATEST,
    )
    for (const { id, stores } of stateful)
      this.#kept.set(formatTaskId(id), { stores, positions: byTopicOf(id, stores, ends) })
  }

  /** Keeps what is restored of a task that leaves before it is ready: rebalances must not make a restore start over. */
  keepPart(id: TaskId, { stores, positions }: Restoration): void {
    this.#kept.set(formatTaskId(id), { stores, positions })
  }

  /** Tasks that did not come back: their stores go to snapshots. */
  saveKept(): void {
    for (const [task, { stores, positions }] of this.#kept) {
      try {
        stores.snapshots?.save(positions)
      } catch (error) {
        this.#options.warn(`no snapshot: ${error instanceof Error ? error.message : String(error)}`, { task })
      }
    }
    this.#kept.clear()
  }

  /** After a commit: begins snapshots that are due. */
  async beginSnapshots(tasks: readonly { readonly id: TaskId; readonly stores: StoreSet }[]): Promise<void> {
    const due = tasks.filter(({ stores }) => stores.snapshots?.isDue === true)
    if (due.length === 0) return
    const ends = await this.#offsets(
      due.flatMap(({ id, stores }) => partitionsOf(id, stores)),
      LATEST,
    )
    for (const { id, stores } of due) stores.snapshots?.begin(byTopicOf(id, stores, ends))
  }

  /** Fills the stores from snapshots; returns from where each changelog is to be read, by topic. */
  async #load(id: TaskId, stores: StoreSet): Promise<ReadonlyMap<string, number>> {
    const partitions = partitionsOf(id, stores)
    const starts = byTopicOf(id, stores, await this.#offsets(partitions, EARLIEST))
    const { directory, snapshotIntervalMs } = this.#options
    if (directory === undefined) return starts
    const ends = byTopicOf(id, stores, await this.#offsets(partitions, LATEST))
    const subjects = stores.changelogs.flatMap(({ store, topic }): readonly SnapshotSubject[] => {
      const { name, kind, columns } = store.description
      const { memory } = store
      if (memory === undefined) return []
      const topicId = this.#client.topic(topic)?.topicId ?? ''
      const identity = { topic, topicId, partition: id.partition, store: name, layout: `${kind} ${columns}` }
      return [{ store, table: memory, identity }]
    })
    const positions = new Map(starts)
    try {
      const snapshots = new TaskSnapshots(path.join(directory, formatTaskId(id)), subjects, snapshotIntervalMs)
      for (const subject of subjects) {
        const { topic } = subject.identity
        const changelog = { start: starts.get(topic) ?? 0, end: ends.get(topic) ?? 0 }
        const position = this.#loadOne(snapshots, subject, changelog)
        if (position !== undefined) positions.set(topic, position)
      }
      stores.snapshots = snapshots
    } catch (error) {
      this.#options.warn(`no snapshots: ${error instanceof Error ? error.message : String(error)}`, {
        task: formatTaskId(id),
      })
    }
    return positions
  }

  #loadOne(
    snapshots: TaskSnapshots,
    subject: SnapshotSubject,
    changelog: { readonly start: number; readonly end: number },
  ): number | undefined {
    try {
      return snapshots.load(subject, changelog)
    } catch (error) {
      if (!(error instanceof SnapshotRejectedError)) throw error
      const { topic, partition, store } = subject.identity
      this.#options.warn(`a snapshot is not used, the changelog is read from its start: ${error.message}`, {
        ...{ store, topic, partition },
      })
      return undefined
    }
  }

  #restoration(id: TaskId, stores: StoreSet, positions: ReadonlyMap<string, number>): Restoration {
    const sources = stores.changelogs.map(({ store, topic }): ChangelogSource => {
      const offset = positions.get(topic) ?? 0
      return { store, source: this.#fetcher.assign(topic, id.partition, offset, 'none'), offset }
    })
    return new Restoration(stores, sources, this.#options.input)
  }

  #offsets(partitions: readonly TopicPartition[], timestamp: bigint): Promise<ReadonlyMap<string, number>> {
    return listOffsets(this.#client, partitions, timestamp, { timeoutMs: OFFSETS_TIMEOUT_MS })
  }
}

const OFFSETS_TIMEOUT_MS = 60_000

const partitionsOf = ({ partition }: TaskId, stores: StoreSet): readonly TopicPartition[] =>
  stores.changelogs.map(({ topic }) => ({ topic, partition }))

const byTopicOf = (
  { partition }: TaskId,
  stores: StoreSet,
  offsets: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> =>
  new Map(stores.changelogs.map(({ topic }) => [topic, offsets.get(partitionKey(topic, partition)) ?? 0]))
