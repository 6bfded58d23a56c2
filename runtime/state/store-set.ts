/** All stores of one task: opened by the manifest, marked, committed and undone together. */
import type { ManifestGlobalTable, ManifestStore, TaskStores } from '../abi/index.js'
import { Expiry } from './expiry.js'
import { changelogOverhead } from './changelog.js'
import { RowForms } from './row-forms.js'
import { PrefixedStore } from './prefixed-store.js'
import { SessionStore } from './session-store.js'
import type { Backing } from './backing.js'
import type { TaskDisk } from './disk/task-disk.js'
import { MemoryBacking } from './memory-backing.js'
import type { MemoryTable } from './memory-table.js'
import type { Table } from './table.js'
import type { TaskSnapshots } from './task-snapshots.js'
import { shortValueBytes } from './short-values.js'
import { TimeBuffer } from './time-buffer.js'
import { WindowStore } from './window-store.js'

type Store = WindowStore | SessionStore | TimeBuffer | PrefixedStore

export interface OpenStore {
  readonly description: ManifestStore
  readonly table: Table
  /** Where the rows are: the same as `table`; undefined: on disk. */
  readonly memory: MemoryTable | undefined
  readonly forms: RowForms
  /** undefined: a plain table. */
  readonly store: Store | undefined
  /** undefined: rows are kept for ever. */
  readonly expiry: Expiry | undefined
}

/** A store that outlives the process. */
interface StoreChangelog {
  readonly store: OpenStore
  readonly topic: string
  /** As `ManifestChangelog.restoredBy`. */
  readonly restoredBy: number | undefined
}

export class StoreSet implements TaskStores {
  /** undefined: none are taken. */
  snapshots: TaskSnapshots | undefined
  /** Why the stores on disk are not written any more. */
  failure: Error | undefined
  readonly all: readonly OpenStore[]
  /** Of the stores that are on disk; undefined: all are in memory. */
  readonly disk: TaskDisk | undefined
  readonly #tables: readonly Table[]

  constructor(descriptions: readonly ManifestStore[], disk?: TaskDisk) {
    this.disk = disk
    this.all = descriptions.map((description) => open(description, disk))
    this.#tables = this.all.map(({ table }) => table)
  }

  /** Of one sub-topology; without `disk` all are in memory. */
  static of(stores: readonly ManifestStore[], subTopology: number, disk?: TaskDisk): StoreSet {
    return new StoreSet(
      stores.filter((store) => store.subTopology === subTopology),
      disk,
    )
  }

  /** Of the global tables of a process. */
  static ofGlobals(tables: readonly ManifestGlobalTable[]): StoreSet {
    return new StoreSet(
      tables.map(({ store, subTopology }) => ({
        ...{ name: store, subTopology, kind: 'key-value', columns: 0, bucketMs: 1, ranges: false },
        changelog: undefined,
      })),
    )
  }

  table(name: string): Table {
    return this.#find(name).table
  }

  windows(name: string): WindowStore {
    const { store } = this.#find(name)
    if (store instanceof WindowStore) return store
    throw new RangeError(`store ${name} is no window store`)
  }

  sessions(name: string): SessionStore {
    const { store } = this.#find(name)
    if (store instanceof SessionStore) return store
    throw new RangeError(`store ${name} is no session store`)
  }

  buffer(name: string): TimeBuffer {
    const { store } = this.#find(name)
    if (store instanceof TimeBuffer) return store
    throw new RangeError(`store ${name} is no buffer`)
  }

  prefixed(name: string): PrefixedStore {
    const { store } = this.#find(name)
    if (store instanceof PrefixedStore) return store
    throw new RangeError(`store ${name} has no prefixes`)
  }

  /** undefined: its rows are kept for ever. */
  expiry(name: string): Expiry | undefined {
    return this.#find(name).expiry
  }

  mark(): void {
    for (const table of this.#tables) table.mark()
  }

  rollback(): void {
    for (const table of this.#tables) table.rollback()
  }

  /** Those that outlive the process, with the topics of their changelogs. */
  get changelogs(): readonly StoreChangelog[] {
    return this.all.flatMap((store) => {
      const { changelog } = store.description
      return changelog === undefined ? [] : [{ store, topic: changelog.topic, restoredBy: changelog.restoredBy }]
    })
  }

  /** What was written since the last commit is final. */
  commit(): void {
    for (const table of this.#tables) table.commit()
    this.snapshots?.atCommit()
  }

  /**
   * The changelogs hold what the last `commit` made final, up to their ends where those are known: one of our own where
   * it was written to, one that is a table's source where the group has committed.
   */
  acknowledged(endOf: (topic: string, isSource: boolean) => number | undefined): void {
    this.snapshots?.afterCommit()
    const { disk } = this
    if (disk === undefined || this.failure !== undefined) return
    for (const { store, topic, restoredBy } of this.changelogs) {
      if (store.memory !== undefined) continue
      disk.advance(store.description.name, endOf(topic, restoredBy !== undefined) ?? 0)
    }
    try {
      disk.write()
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error))
    }
  }

  /** A store holds its changelog up to an offset, as it is restored. Throws DiskStateError. */
  restored({ memory, description }: OpenStore, offset: number): void {
    const { disk } = this
    if (disk === undefined || memory !== undefined) return
    disk.advance(description.name, offset)
    if (disk.changeBytes > RESTORED_BYTES) disk.write()
  }

  /** What is on disk stays there. */
  async close(): Promise<void> {
    await this.disk?.close()
  }

  /** Takes back what was written since the last commit. */
  abort(): void {
    for (const table of this.#tables) table.abort()
  }

  /** What `abort` would need: beyond some size, commit. */
  get journalBytes(): number {
    let bytes = 0
    for (const table of this.#tables) bytes += table.journalBytes
    return bytes
  }

  #find(name: string): OpenStore {
    const found = this.all.find(({ description }) => description.name === name)
    if (found === undefined) throw new RangeError(`the sub-topology has no store ${name}`)
    return found
  }
}

/** A restore writes so many bytes to disk at a time. */
const RESTORED_BYTES = 4 * 1024 * 1024

/** Least part of a record batch that a row cannot have: headers of batch and record. */
const BATCH_OVERHEAD = 128

/** Rows must fit a record of their changelog. */
export const limitRows = ({ table }: OpenStore, maxRecordBytes: number): void => {
  table.maxRowBytes = maxRecordBytes - BATCH_OVERHEAD - changelogOverhead(table.columns)
}

const open = (description: ManifestStore, disk: TaskDisk | undefined): OpenStore => {
  const { name, columns, ttlMs, contents } = description
  const forms = new RowForms(contents)
  const valueBytes = shortValueBytes(contents?.value)
  const onDisk = description.location === 'disk' ? disk?.open(name, columns, forms, valueBytes) : undefined
  const backing = onDisk ?? new MemoryBacking(columns, valueBytes)
  const store = specialStore(description, backing)
  const expiry = ttlMs === undefined ? undefined : new Expiry(backing, ttlMs)
  return {
    description,
    forms,
    store,
    table: backing.table,
    memory: backing instanceof MemoryBacking ? backing.table : undefined,
    expiry,
  }
}

const specialStore = (description: ManifestStore, backing: Backing): Store | undefined => {
  switch (description.kind) {
    case 'key-value':
      return undefined
    case 'window':
      return new WindowStore(description, backing)
    case 'session':
      return new SessionStore(description, backing)
    case 'buffer':
      return new TimeBuffer(description, backing)
    case 'prefixed':
      return new PrefixedStore(description.columns, backing)
  }
}
