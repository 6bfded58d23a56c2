/**
 * The stores on disk of one task: one LMDB environment, whose transactions hold what commits have changed and up to where
 * each store has its changelog. What is there is whole, whenever the process stopped: only the changelog's tail is read
 * again.
 */
import { closeSync, existsSync, mkdirSync, openSync, readSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { UnknownRowsError, type RowForms } from '../row-forms.js'
import { SnapshotRejectedError, checkHeader, type ChangelogRange, type SnapshotIdentity } from '../snapshot-header.js'
import { DiskBacking } from './disk-backing.js'
import { diskError, isOutOfRoom } from './disk-error.js'
import { DiskTable } from './disk-table.js'
import { writeHeldState } from './held-state.js'
import { DiskStateError, openLmdb, type LmdbDatabase, type LmdbEnvironment } from './lmdb.js'

/** Of keys and rows; of another one, the store is rebuilt. 1 was before long keys had a form of their own. */
const FORMAT = 2
/** In LMDB's file. */
const MAGIC_AT = 24
const MAGIC = 0xbeefc0de
/** Of rows in memory, by store. */
const CACHE_BYTES = 8 * 1024 * 1024
/** What is held is told to others so often, and a store that nobody writes to is marked as current. */
const REFRESH_MS = 30_000

/** What the environment says of a store. */
interface Header extends SnapshotIdentity {
  readonly format: number
  /** In which its rows may be. */
  readonly forms: readonly number[]
  readonly position: number
  readonly savedAt: number
}

interface OpenedStore {
  readonly table: DiskTable
  readonly forms: RowForms
  identity: SnapshotIdentity | undefined
  /** Forms of rows that were written before. */
  written: readonly number[]
  position: number
}

export interface TaskDiskOptions {
  readonly cacheBytes?: number
  readonly warn: (message: string) => void
}

export class TaskDisk {
  readonly #directory: string
  readonly #options: TaskDiskOptions
  readonly #environment: LmdbEnvironment
  readonly #headers: LmdbDatabase
  readonly #stores = new Map<string, OpenedStore>()
  #isChanged = false
  #refreshedAt = -Infinity
  #closed: Promise<void> | undefined

  private constructor(directory: string, environment: LmdbEnvironment, options: TaskDiskOptions) {
    this.#directory = directory
    this.#options = options
    this.#environment = environment
    this.#headers = this.#database('headers')
  }

  /** `directory`: its own. What is there and cannot be read is deleted. Throws DiskStateError. */
  static async open(directory: string, stores: number, options: TaskDiskOptions): Promise<TaskDisk> {
    return new TaskDisk(directory, await openEnvironment(directory, 2 * stores + 1, options), options)
  }

  /** `valueBytes` as of MemoryTable. */
  open(name: string, columns: number, forms: RowForms, valueBytes = 0): DiskBacking {
    const { cacheBytes = CACHE_BYTES } = this.#options
    const table = new DiskTable(this.#database(`rows ${name}`), { columns, forms, valueBytes, cacheBytes })
    this.#stores.set(name, { table, forms, identity: undefined, written: [], position: 0 })
    return new DiskBacking(table, () => this.#database(`times ${name}`))
  }

  /**
   * The changelog offset from which a store must go on, undefined: it is empty. Throws SnapshotRejectedError, with the store
   * empty.
   */
  load(identity: SnapshotIdentity, changelog: ChangelogRange): number | undefined {
    const store = this.#find(identity.store)
    store.identity = identity
    try {
      const header = this.#header(identity.store)
      if (header === undefined) {
        if (store.table.size > 0) throw new SnapshotRejectedError('nothing tells what is on disk')
        return undefined
      }
      if (header.format !== FORMAT) throw new SnapshotRejectedError(`it has format ${header.format}, not ${FORMAT}`)
      checkHeader(header, identity, changelog)
      for (const form of header.forms) store.forms.rewriteOf(form)
      store.written = header.forms
      store.position = header.position
      return header.position
    } catch (error) {
      store.table.clear()
      this.#headers.removeSync(Buffer.from(identity.store))
      if (error instanceof UnknownRowsError) throw new SnapshotRejectedError(error.message, { cause: error })
      throw error
    }
  }

  /** The changelog holds what commits of the store have changed, up to this offset. */
  advance(name: string, position: number): void {
    const store = this.#find(name)
    if (position <= store.position) return
    store.position = position
    this.#isChanged = true
  }

  /** Bytes that wait for `write`. */
  get changeBytes(): number {
    let bytes = 0
    for (const { table } of this.#stores.values()) bytes += table.changeBytes
    return bytes
  }

  /** Puts what commits have changed on disk, all or nothing. Throws DiskStateError. */
  write(): void {
    const now = performance.now()
    if (!this.#isChanged && this.changeBytes === 0 && now - this.#refreshedAt < REFRESH_MS) return
    try {
      this.#environment.transactionSync(() => {
        for (const [name, store] of this.#stores) {
          store.table.write()
          if (store.identity === undefined) continue
          store.written = [...new Set([...store.written, store.forms.current])]
          this.#headers.putSync(Buffer.from(name), Buffer.from(JSON.stringify(headerOf(store, store.identity))))
        }
      })
    } catch (cause) {
      const names = [...this.#stores.keys()].join(', ')
      throw diskError(
        `${this.#stores.size === 1 ? 'store' : 'stores'} ${names} cannot be written`,
        this.#directory,
        cause,
      )
    }
    for (const { table } of this.#stores.values()) table.written()
    this.#isChanged = false
    if (now - this.#refreshedAt >= REFRESH_MS) this.#tellHeld()
  }

  /** What was not written is dropped: it is in the changelog, or does not count. */
  close(): Promise<void> {
    if (this.#closed === undefined) {
      this.#tellHeld()
      this.#closed = this.#environment.close()
    }
    return this.#closed
  }

  #tellHeld(): void {
    this.#refreshedAt = performance.now()
    try {
      writeHeldState(
        this.#directory,
        [...this.#stores.values()].flatMap(({ identity, position }) =>
          identity === undefined ? [] : [{ topic: identity.topic, topicId: identity.topicId, position }],
        ),
      )
    } catch (error) {
      this.#options.warn(`what is held on disk is not told: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  #header(name: string): Header | undefined {
    const bytes = this.#headers.getBinaryFast(Buffer.from(name))
    return bytes === undefined ? undefined : (JSON.parse(bytes.toString()) as Header)
  }

  #find(name: string): OpenedStore {
    const store = this.#stores.get(name)
    if (store === undefined) throw new RangeError(`store ${name} is not on disk`)
    return store
  }

  #database(name: string): LmdbDatabase {
    return this.#environment.openDB({ name, encoding: 'binary', keyEncoding: 'binary', cache: false })
  }
}

const headerOf = ({ written, position }: OpenedStore, identity: SnapshotIdentity): Header => ({
  ...identity,
  ...{ format: FORMAT, forms: written, position, savedAt: Date.now() },
})

const openEnvironment = async (
  directory: string,
  databases: number,
  { warn }: TaskDiskOptions,
): Promise<LmdbEnvironment> => {
  mkdirSync(directory, { recursive: true })
  try {
    return await openWhole(directory, databases)
  } catch (error) {
    if (error instanceof DiskStateError) throw error
    // Without room it would not get better by beginning anew.
    if (isOutOfRoom(error)) throw diskError('stores cannot be opened', directory, error)
    const reason = error instanceof Error ? error.message : String(error)
    warn(`state on disk is not used, the changelogs are read from their starts: ${reason}`)
    rmSync(directory, { recursive: true, force: true })
    mkdirSync(directory, { recursive: true })
    return openLmdb(directory, databases)
  }
}

/** LMDB ends the process when it is given something else, and when it reads what was cut off: that is looked at before. */
const openWhole = async (directory: string, databases: number): Promise<LmdbEnvironment> => {
  const file = path.join(directory, 'data.mdb')
  if (existsSync(file) && !isLmdb(file)) throw new SnapshotRejectedError('its file is something else')
  const environment = openLmdb(directory, databases)
  const { lastPageNumber, pageSize } = environment.getStats() as { lastPageNumber: number; pageSize: number }
  if (statSync(file).size >= (lastPageNumber + 1) * pageSize) return environment
  await environment.close()
  throw new SnapshotRejectedError('its file is cut off')
}

/** 24 bytes, then 0xBEEFC0DE. */
const isLmdb = (file: string): boolean => {
  const head = Buffer.alloc(MAGIC_AT + 4)
  const descriptor = openSync(file, 'r')
  try {
    return readSync(descriptor, head) === head.length && head.readUInt32LE(MAGIC_AT) === MAGIC
  } finally {
    closeSync(descriptor)
  }
}
