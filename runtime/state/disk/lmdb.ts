/** LMDB, which stores on disk are kept in: a package that is wanted only where there are such stores. */
import { createRequire } from 'node:module'

/** What we use of a database: keys and values are bytes, in the order of keys. Values are valid until the next `get`. */
export interface LmdbDatabase {
  getBinaryFast(key: Uint8Array): Buffer | undefined
  getKeys(range: LmdbRange): Iterable<Buffer>
  getRange(range: LmdbRange): Iterable<{ readonly key: Buffer; readonly value: Buffer }>
  putSync(key: Uint8Array, value: Uint8Array): void
  removeSync(key: Uint8Array): boolean
  clearSync(): void
  getStats(): object
}

interface LmdbRange {
  /** It belongs to the range… */
  readonly start?: Uint8Array
  /** …and this one does not. */
  readonly end?: Uint8Array
  /** From `start` down to `end`. */
  readonly reverse?: boolean
  readonly limit?: number
}

export interface LmdbEnvironment {
  openDB(options: { name: string; encoding: 'binary'; keyEncoding: 'binary'; cache: false }): LmdbDatabase
  transactionSync(action: () => void): void
  getStats(): object
  close(): Promise<void>
}

interface Lmdb {
  open(options: {
    path: string
    noSubdir: false
    maxDbs: number
    encoding: 'binary'
    keyEncoding: 'binary'
    cache: false
  }): LmdbEnvironment
}

/** Longest key that LMDB takes with its pages of 4 KiB. */
export const LMDB_KEY_BYTES = 1978

/** State on disk cannot be opened or written. */
export class DiskStateError extends Error {
  override name = 'DiskStateError'
}

/** Throws DiskStateError. */
export const openLmdb = (path: string, maxDbs: number): LmdbEnvironment => {
  const lmdb = loadLmdb(createRequire(import.meta.url))
  return lmdb.open({ path, maxDbs, noSubdir: false, encoding: 'binary', keyEncoding: 'binary', cache: false })
}

/** Throws DiskStateError. */
export const loadLmdb = (require: (name: string) => unknown): Lmdb => {
  try {
    return require('lmdb') as Lmdb
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)
    throw new DiskStateError(
      `stores with store: 'disk' are kept in LMDB, and the package lmdb cannot be loaded: ${reason}. ` +
        "Install it with `npm install lmdb@3.5.6`, or say store: 'memory'",
      { cause },
    )
  }
}
