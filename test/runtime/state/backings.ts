/** Stores in memory and on disk, for tests that hold of both. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'
import type { Backing } from '../../../runtime/state/backing.js'
import { DiskBacking } from '../../../runtime/state/disk/disk-backing.js'
import { DiskTable } from '../../../runtime/state/disk/disk-table.js'
import { openLmdb, type LmdbDatabase, type LmdbEnvironment } from '../../../runtime/state/disk/lmdb.js'
import { MemoryBacking } from '../../../runtime/state/memory-backing.js'
import { RowForms } from '../../../runtime/state/row-forms.js'

interface OpenBacking {
  readonly backing: Backing
  /** After each step of a table's life, by its name. */
  readonly after: (step: string) => void
}

interface BackingKind {
  readonly name: string
  /** Of random tests. */
  readonly numRuns: number
  /** An empty one, the last one is closed. */
  readonly open: (columns?: number) => OpenBacking
}

/** Commits are written at once or after what follows them has begun; memory forgets all that it may. */
const onDisk = (name: string, writeAfter: string): BackingKind => {
  let environment: LmdbEnvironment | undefined
  let directory = ''
  const database = (name: string): LmdbDatabase => {
    environment ??= openLmdb((directory = mkdtempSync(path.join(tmpdir(), 'millrace-disk-'))), 2)
    const opened = environment.openDB({ name, encoding: 'binary', keyEncoding: 'binary', cache: false })
    opened.clearSync()
    return opened
  }
  afterAll(async () => {
    await environment?.close()
    if (directory !== '') rmSync(directory, { recursive: true })
  })
  return {
    name,
    numRuns: 60,
    open(columns = 0) {
      const forms = new RowForms(undefined)
      const table = new DiskTable(database('rows'), { columns, forms, valueBytes: 3, cacheBytes: 0 })
      const after = (step: string): void => {
        if (step !== writeAfter || table.changeBytes === 0) return
        environment?.transactionSync(() => {
          table.write()
        })
        table.written()
      }
      return { backing: new DiskBacking(table, () => database('times')), after }
    },
  }
}

export const backings = (): readonly BackingKind[] => [
  {
    name: 'in memory',
    numRuns: 300,
    open: (columns = 0) => ({ backing: new MemoryBacking(columns), after: () => undefined }),
  },
  {
    name: 'in memory, short values in their rows',
    numRuns: 300,
    open: (columns = 0) => ({ backing: new MemoryBacking(columns, 3), after: () => undefined }),
  },
  onDisk('on disk', 'commit'),
  onDisk('on disk, written late', 'mark'),
]
