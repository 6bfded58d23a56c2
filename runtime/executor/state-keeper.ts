/**
 * Gets the stores of tasks ready and keeps them when tasks leave: from memory when the task was here before, else from
 * a snapshot, and in both cases from the end of the changelog.
 */
import { rmSync } from 'node:fs'
import path from 'node:path'
import type { Manifest } from '../abi/index.js'
import { EARLIEST, LATEST, listOffsets } from '../kafka/admin.js'
import type { KafkaClient } from '../kafka/client.js'
import type { Fetcher } from '../kafka/fetcher.js'
import { formatTaskId, type TaskId } from '../kafka/task-id.js'
import { partitionKey, type TopicPartition } from '../kafka/topic-partition.js'
import { DISK_FOLDER } from '../state/disk/held-state.js'
import { DiskStateError } from '../state/disk/lmdb.js'
import { TaskDisk } from '../state/disk/task-disk.js'
import { SnapshotRejectedError, type ChangelogRange, type SnapshotIdentity } from '../state/snapshot-header.js'
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
  /** Stores on disk that are being closed: they must be before anybody opens them again. */
  #closing: Promise<void> = Promise.resolve()

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
    await this.#closing
    const stores = StoreSet.of(this.#manifest.stores, id.subTopology, await this.#openDisk(id))
    if (stores.changelogs.length === 0) return stores
    for (const store of stores.all) {
      const topic = store.description.changelog?.topic
      if (topic !== undefined) limitRows(store, this.#options.maxRecordBytes(topic))
    }
    try {
      return this.#restoration(id, stores, await this.#load(id, stores))
    } catch (error) {
      await stores.close()
      throw error
    }
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
    for (const { id, stores } of stateful) this.#hold(id, stores, byTopicOf(id, stores, ends))
  }

  /** Keeps what is restored of a task that leaves before it is ready: rebalances must not make a restore start over. */
  keepPart(id: TaskId, { stores, positions }: Restoration): void {
    try {
      stores.disk?.write()
    } catch (error) {
      this.#options.warn(messageOf(error), { task: formatTaskId(id) })
    }
    this.#hold(id, stores, positions)
  }

  /** Tasks that did not come back: their stores go to snapshots. */
  saveKept(): void {
    for (const [task, { stores, positions }] of this.#kept) this.#save(task, stores, positions)
    this.#kept.clear()
  }

  /** Stores that are not kept are left as they are on disk. */
  release(stores: StoreSet): void {
    const closing = this.#closing
    const close = async (): Promise<void> => {
      await closing
      await stores.close()
    }
    this.#closing = close().catch((error: unknown) => {
      this.#options.warn(`state on disk is not closed: ${messageOf(error)}`, {})
    })
  }

  /** Resolves when others may open what is on disk. */
  released(): Promise<void> {
    return this.#closing
  }

  /** Only memory waits: what is on disk is there at once for whoever gets the task. */
  #hold(id: TaskId, stores: StoreSet, positions: ReadonlyMap<string, number>): void {
    const task = formatTaskId(id)
    if (stores.disk === undefined) {
      this.#kept.set(task, { stores, positions })
      return
    }
    this.#save(task, stores, positions)
    this.release(stores)
  }

  #save(task: string, stores: StoreSet, positions: ReadonlyMap<string, number>): void {
    try {
      stores.snapshots?.save(positions)
    } catch (error) {
      this.#options.warn(`no snapshot: ${messageOf(error)}`, { task })
    }
  }

  /** undefined: the task has no stores on disk. Throws DiskStateError. */
  async #openDisk(id: TaskId): Promise<TaskDisk | undefined> {
    const task = formatTaskId(id)
    const { directory } = this.#options
    const stores = this.#manifest.stores.filter(({ subTopology }) => subTopology === id.subTopology)
    const onDisk = stores.filter(({ location }) => location === 'disk')
    const folder = directory === undefined ? undefined : path.join(directory, task, DISK_FOLDER)
    if (onDisk.length === 0) {
      // Of a version of the pipeline that had some.
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
      return undefined
    }
    if (folder === undefined) {
      throw new DiskStateError(`store ${String(onDisk[0]?.name)} is on disk, and there is no state directory`)
    }
    return TaskDisk.open(folder, onDisk.length, {
      warn: (message) => {
        this.#options.warn(message, { task })
      },
    })
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
    const rangeOf = (topic: string): ChangelogRange => ({ start: starts.get(topic) ?? 0, end: ends.get(topic) ?? 0 })
    const positions = new Map(starts)
    const subjects: SnapshotSubject[] = []
    for (const { store, topic } of stores.changelogs) {
      const { name, kind, columns } = store.description
      const topicId = this.#client.topic(topic)?.topicId ?? ''
      const identity = { topic, topicId, partition: id.partition, store: name, layout: `${kind} ${columns}` }
      if (store.memory !== undefined) {
        subjects.push({ store, table: store.memory, identity })
        continue
      }
      const position = this.#unlessRejected(identity, () => stores.disk?.load(identity, rangeOf(topic)))
      if (position !== undefined) positions.set(topic, position)
    }
    try {
      const snapshots = new TaskSnapshots(path.join(directory, formatTaskId(id)), subjects, snapshotIntervalMs)
      for (const subject of subjects) {
        const { identity } = subject
        const position = this.#unlessRejected(identity, () => snapshots.load(subject, rangeOf(identity.topic)))
        if (position !== undefined) positions.set(identity.topic, position)
      }
      stores.snapshots = snapshots
    } catch (error) {
      this.#options.warn(`no snapshots: ${messageOf(error)}`, { task: formatTaskId(id) })
    }
    return positions
  }

  #unlessRejected(identity: SnapshotIdentity, load: () => number | undefined): number | undefined {
    try {
      return load()
    } catch (error) {
      if (!(error instanceof SnapshotRejectedError)) throw error
      const { topic, partition, store } = identity
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

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const partitionsOf = ({ partition }: TaskId, stores: StoreSet): readonly TopicPartition[] =>
  stores.changelogs.map(({ topic }) => ({ topic, partition }))

const byTopicOf = (
  { partition }: TaskId,
  stores: StoreSet,
  offsets: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> =>
  new Map(stores.changelogs.map(({ topic }) => [topic, offsets.get(partitionKey(topic, partition)) ?? 0]))
