/**
 * Gets the stores of tasks ready and keeps them when tasks leave: from memory when the task was here before, else from
 * a snapshot, and in both cases from the end of the changelog.
 */
import { rmSync } from 'node:fs'
import path from 'node:path'
import type { Manifest, ManifestStore } from '../abi/index.js'
import type { KafkaClient } from '../kafka/client.js'
import type { Fetcher } from '../kafka/fetcher.js'
import { retry } from '../kafka/retry.js'
import { formatTaskId, type TaskId } from '../kafka/task-id.js'
import { topicConfigs } from '../kafka/topic-configs.js'
import { DISK_FOLDER } from '../state/disk/held-state.js'
import { DiskStateError } from '../state/disk/lmdb.js'
import { TaskDisk } from '../state/disk/task-disk.js'
import { SnapshotRejectedError, type ChangelogRange, type SnapshotIdentity } from '../state/snapshot-header.js'
import { StoreSet, limitRows } from '../state/store-set.js'
import { TaskSnapshots, type SnapshotSubject } from '../state/task-snapshots.js'
import { OwnChangelog } from '../task/own-changelog.js'
import { Restoration } from '../task/restoration.js'
import { SourceChangelog } from '../task/source-changelog.js'
import { TaskInput, type TaskInputOptions } from '../task/task-input.js'
import type { TaskRunner } from '../task/task-runner.js'
import {
  changelogEndsOf,
  changelogStarts,
  type ChangelogPositions,
  type CommittedOf,
  type TaskState,
} from './changelog-offsets.js'

export interface StateKeeperOptions {
  readonly directory: string | undefined
  readonly snapshotIntervalMs: number
  readonly input: TaskInputOptions
  /** Largest record of a topic. */
  maxRecordBytes(topic: string): number
  warn(message: string, fields: object): void
  /** Of a task that runs here. */
  readonly committed: CommittedOf
  /** What makes rows of the topic that a table is read from; `id` has the number of what restores. */
  openRestorer(id: TaskId, input: TaskInput, stores: StoreSet): TaskRunner
}

/** Stores of a task that has left, with the offsets up to which they hold their changelogs. */
interface Kept {
  readonly stores: StoreSet
  readonly positions: ChangelogPositions
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

  /** Stores that are ready, or what must run until they are. `committed`: what the group has committed of the task's inputs. */
  async prepare(id: TaskId, committed: (topic: string) => number | undefined): Promise<StoreSet | Restoration> {
    const key = formatTaskId(id)
    const kept = this.#kept.get(key)
    this.#kept.delete(key)
    if (kept !== undefined) return this.#restoration(id, kept, committed)
    await this.#closing
    const stores = new StoreSet(this.#storesOf(id), await this.#openDisk(id))
    if (stores.changelogs.length === 0) return stores
    for (const { store, topic, restoredBy } of stores.changelogs) {
      if (restoredBy === undefined) limitRows(store, this.#options.maxRecordBytes(topic))
    }
    try {
      const positions = await this.#load({ id, stores }, committed)
      return this.#restoration(id, { stores, positions }, committed)
    } catch (error) {
      await stores.close()
      throw error
    }
  }

  /** Keeps the stores of tasks that have left after a commit of theirs, in case they come back. */
  async keep(tasks: readonly TaskState[]): Promise<void> {
    const stateful = tasks.filter(({ stores }) => stores.changelogs.length > 0)
    if (stateful.length === 0) return
    for (const { stores } of stateful) stores.snapshots?.discard()
    const ends = await changelogEndsOf(this.#client, stateful, this.#options.committed)
    for (const { id, stores } of stateful) this.#hold(id, stores, ends.get(formatTaskId(id)) ?? new Map())
  }

  /** Keeps what is restored of a task that leaves before it is ready: rebalances must not make a restore start over. */
  keepPart(id: TaskId, restoration: Restoration): void {
    const { stores, positions } = restoration
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
  #hold(id: TaskId, stores: StoreSet, positions: ChangelogPositions): void {
    const task = formatTaskId(id)
    if (stores.disk === undefined) {
      this.#kept.set(task, { stores, positions })
      return
    }
    this.#save(task, stores, positions)
    this.release(stores)
  }

  #save(task: string, stores: StoreSet, positions: ChangelogPositions): void {
    try {
      stores.snapshots?.save(positions)
    } catch (error) {
      this.#options.warn(`no snapshot: ${messageOf(error)}`, { task })
    }
  }

  /** A topic that is narrower than the task's others has no partition for it: the store that is restored from it is empty. */
  #storesOf({ subTopology, partition }: TaskId): readonly ManifestStore[] {
    const own = this.#manifest.stores.filter((store) => store.subTopology === subTopology)
    return own.map((store) => {
      const { changelog } = store
      if (changelog?.restoredBy === undefined) return store
      const count = this.#client.topic(changelog.topic)?.partitions.length ?? 0
      return partition < count ? store : { ...store, changelog: undefined }
    })
  }

  /** undefined: the task has no stores on disk. Throws DiskStateError. */
  async #openDisk(id: TaskId): Promise<TaskDisk | undefined> {
    const task = formatTaskId(id)
    const { directory } = this.#options
    const onDisk = this.#storesOf(id).filter(({ location }) => location === 'disk')
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
  async beginSnapshots(tasks: readonly TaskState[]): Promise<void> {
    const due = tasks.filter(({ stores }) => stores.snapshots?.isDue === true)
    if (due.length === 0) return
    const ends = await changelogEndsOf(this.#client, due, this.#options.committed)
    for (const { id, stores } of due) stores.snapshots?.begin(ends.get(formatTaskId(id)) ?? new Map())
  }

  /** Fills the stores from snapshots; returns from where each changelog is to be read, by topic. */
  async #load(task: TaskState, committed: (topic: string) => number | undefined): Promise<ChangelogPositions> {
    const { id, stores } = task
    const starts = await changelogStarts(this.#client, task)
    const { directory, snapshotIntervalMs } = this.#options
    if (directory === undefined) return starts
    const ends = (await changelogEndsOf(this.#client, [task], committed)).get(formatTaskId(id))
    const ages = await this.#maxAges(stores)
    const rangeOf = (topic: string): ChangelogRange => ({
      ...{ start: starts.get(topic) ?? 0, end: ends?.get(topic) ?? 0 },
      maxAgeMs: ages.get(topic),
    })
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

  #restoration(
    { partition }: TaskId,
    { stores, positions }: Kept,
    committed: (topic: string) => number | undefined,
  ): Restoration {
    const changelogs = stores.changelogs.map(({ store, topic, restoredBy }) => {
      const offset = positions.get(topic) ?? 0
      const input = new TaskInput(this.#fetcher.assign(topic, partition, offset, 'none'), offset, this.#options.input)
      if (restoredBy === undefined) return new OwnChangelog(store, input, stores)
      input.limitTo(Math.max(offset, committed(topic) ?? 0))
      const runner = this.#options.openRestorer({ subTopology: restoredBy, partition }, input, stores)
      return new SourceChangelog(store, input, runner, stores)
    })
    return new Restoration(stores, changelogs)
  }

  /** How old snapshots may be, ms, by topic: of those that are not ours what their tombstones allow. */
  async #maxAges(stores: StoreSet): Promise<ReadonlyMap<string, number>> {
    const topics = stores.changelogs.flatMap(({ topic, restoredBy }) => (restoredBy === undefined ? [] : [topic]))
    const ask = () => topicConfigs(this.#client, topics, [TOMBSTONE_RETENTION])
    const configs = await retry(ask, { timeoutMs: CONFIGS_MS })
    return new Map(
      topics.map((topic) => [topic, Number(configs.get(topic)?.get(TOMBSTONE_RETENTION) ?? DEFAULT_RETENTION_MS) / 2]),
    )
  }
}

const CONFIGS_MS = 60_000
const TOMBSTONE_RETENTION = 'delete.retention.ms'
/** Kafka's default. */
const DEFAULT_RETENTION_MS = 24 * 3600 * 1000

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
