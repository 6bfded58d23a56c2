/** What a task has on disk: what of it is used again, and when it is rebuilt. */
import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ManifestContents, ManifestStore } from '../../../../runtime/abi/index.js'
import type { DiskTable } from '../../../../runtime/state/disk/disk-table.js'
import { readHeldState } from '../../../../runtime/state/disk/held-state.js'
import { DiskStateError, loadLmdb, openLmdb } from '../../../../runtime/state/disk/lmdb.js'
import { TaskDisk } from '../../../../runtime/state/disk/task-disk.js'
import { RowForms } from '../../../../runtime/state/row-forms.js'
import { StoreSet } from '../../../../runtime/state/store-set.js'
import { contents } from '../model.js'

const identity = { topic: 'log', topicId: 'id', partition: 0, store: 'counts', layout: 'key-value 1' }
const range = { start: 0, end: 100 }
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

let directory: string
let warnings: string[]
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'millrace-disk-'))
  warnings = []
})
afterEach(() => {
  rmSync(directory, { recursive: true })
})

const open = async (
  told?: ManifestContents,
): Promise<{
  readonly disk: TaskDisk
  readonly table: DiskTable
  readonly load: (as?: object, of?: object) => number | undefined
}> => {
  const disk = await TaskDisk.open(directory, 1, { warn: (message) => warnings.push(message) })
  const { table } = disk.open('counts', 1, new RowForms(told))
  return { disk, table, load: (as = {}, of = {}) => disk.load({ ...identity, ...as }, { ...range, ...of }) }
}

const put = (table: DiskTable, key: string, value: string, count = 0): void => {
  const slot = table.insert(bytes(key), 0, key.length, 7)
  table.setNumber(slot, 0, count)
  table.setValue(slot, bytes(value), 0, value.length)
}

/** A store of two rows, up to offset 50. */
const fill = async (told?: ManifestContents): Promise<void> => {
  const { disk, table, load } = await open(told)
  expect(load()).toBeUndefined()
  put(table, 'a', 'one', 1)
  put(table, '', 'none', 2)
  table.commit()
  disk.advance('counts', 50)
  disk.write()
  await disk.close()
}

const rows = new Map([
  ['', { timestamp: 7, numbers: [2], value: 'none' }],
  ['a', { timestamp: 7, numbers: [1], value: 'one' }],
])

describe('the stores of a task on disk', () => {
  it('are there after the end, with the offset up to which they hold their changelog', async () => {
    await fill()
    const { disk, table, load } = await open()
    expect(load()).toBe(50)
    expect(contents(table)).toEqual(rows)
    expect(table.size).toBe(2)
    expect(readHeldState(directory)).toEqual([{ topic: 'log', topicId: 'id', position: 50 }])
    await disk.close()
  })

  it('hold nothing that was not written: neither what no commit has seen nor what no changelog has', async () => {
    await fill()
    const { disk, table, load } = await open()
    load()
    put(table, 'b', 'committed')
    table.commit()
    put(table, 'c', 'not committed')
    await disk.close()
    const again = await open()
    expect(again.load()).toBe(50)
    expect(contents(again.table)).toEqual(rows)
    await again.disk.close()
  })

  it.each<[string, object, object, RegExp]>([
    ['of another topic of the same name', { topicId: 'other' }, {}, /another topic/],
    ['of another partition', { partition: 1 }, {}, /belongs to/],
    ['of another layout', { layout: 'window 1' }, {}, /layout/],
    ['of a changelog that has lost its end', {}, { end: 49 }, /ends at 49/],
    ['of a changelog that has lost its beginning', {}, { start: 51 }, /begins at 51/],
  ])('%s are not used', async (_, as, of, reason) => {
    await fill()
    const { disk, table, load } = await open()
    expect(() => load(as, of)).toThrow(reason)
    expect(contents(table)).toEqual(new Map())
    expect(table.size).toBe(0)
    await disk.close()
  })

  it.each([
    ['an older', 1],
    ['a newer', 99],
  ])('that %s version has written are rebuilt', async (_, format) => {
    await fill()
    const environment = openLmdb(directory, 3)
    const headers = environment.openDB({ name: 'headers', encoding: 'binary', keyEncoding: 'binary', cache: false })
    const header = JSON.parse(String(headers.getBinaryFast(bytes('counts')))) as object
    headers.putSync(bytes('counts'), bytes(JSON.stringify({ ...header, format })))
    await environment.close()
    const { disk, table, load } = await open()
    expect(load).toThrow(`it has format ${format}, not 2`)
    expect(contents(table)).toEqual(new Map())
    await disk.close()
    await fill()
    const again = await open()
    expect(again.load()).toBe(50)
    await again.disk.close()
  })

  it.each<[string, (file: string) => void]>([
    ['is cut off', (file) => truncateSync(file, statSync(file).size - 4096)],
    ['is cut off early', (file) => truncateSync(file, 5000)],
    ['is something else', (file) => writeFileSync(file, Buffer.alloc(100_000, 'x'))],
  ])('whose file %s are deleted and begun anew', async (_, damage) => {
    await fill()
    damage(path.join(directory, 'data.mdb'))
    const { disk, table, load } = await open()
    expect(warnings).toEqual([expect.stringMatching(/read from their starts/)])
    expect(load()).toBeUndefined()
    expect(table.size).toBe(0)
    await disk.close()
    await fill()
  })

  it('are rewritten row by row when the form of rows has changed', async () => {
    const avro = (type: string): ManifestContents['value'] => ({
      ...{ kind: 'avro', fingerprint: type, long: 'number' },
      schema: JSON.stringify(type),
    })
    const key = { kind: 'string' } as const
    const first: ManifestContents = { key, value: avro('int'), rows: 1, older: [] }
    const { disk, table, load } = await open(first)
    load()
    put(table, 'a', '\u0054')
    table.commit()
    disk.write()
    await disk.close()
    const second: ManifestContents = { key, value: avro('double'), rows: 2, older: [{ rows: 1, value: avro('int') }] }
    const again = await open(second)
    expect(again.load()).toBe(0)
    const slot = again.table.find(bytes('a'), 0, 1)
    expect(again.table.valueBuffer(slot).readDoubleLE(again.table.valueStart(slot))).toBe(42)
    await again.disk.close()
    const third = await open({ ...second, rows: 3, older: [] })
    expect(third.load).toThrow(/form that this build does not know/)
    await third.disk.close()
  })

  it('keep keys that are longer than those of LMDB', async () => {
    const { disk, table, load } = await open()
    load()
    const lengths = [1937, 1938, 1969, 1970, 100_000]
    for (const length of lengths) put(table, 'k'.repeat(length), String(length))
    table.commit()
    disk.write()
    await disk.close()
    const again = await open()
    again.load()
    expect([...contents(again.table)].map(([key, { value }]) => [key.length, value])).toEqual(
      lengths.map((length) => [length, String(length)]),
    )
    const slot = again.table.find(bytes('k'.repeat(1970)), 0, 1970)
    again.table.delete(slot)
    again.table.commit()
    again.disk.write()
    expect(again.table.find(bytes('k'.repeat(1970)), 0, 1970)).toBe(-1)
    expect(contents(again.table).size).toBe(4)
    await again.disk.close()
  })
})

const description: ManifestStore = {
  name: 'counts',
  subTopology: 0,
  kind: 'window',
  columns: 1,
  bucketMs: 10,
  ranges: true,
  location: 'disk',
  changelog: { topic: 'log', config: {} },
}

describe('a set with stores on disk', () => {
  it('writes what is acknowledged, and says when it cannot', async () => {
    const disk = await TaskDisk.open(directory, 1, { warn: () => undefined })
    const stores = new StoreSet([description], disk)
    disk.load(identity, range)
    const windows = stores.windows('counts')
    windows.append(bytes('k'), 0, 1, 5, 5)
    stores.commit()
    expect(disk.changeBytes).toBeGreaterThan(0)
    stores.acknowledged(() => 12)
    expect(disk.changeBytes).toBe(0)
    expect(stores.failure).toBeUndefined()
    windows.append(bytes('k'), 0, 1, 6, 6)
    stores.commit()
    await stores.close()
    stores.acknowledged(() => 13)
    expect(stores.failure).toBeInstanceOf(DiskStateError)
    const again = await TaskDisk.open(directory, 1, { warn: () => undefined })
    const found = new StoreSet([description], again)
    expect(again.load(identity, range)).toBe(12)
    expect([...found.windows('counts').sorted(0, 100)]).toHaveLength(1)
    await found.close()
  })
})

describe('LMDB', () => {
  it('that is not installed is asked for', () => {
    const missing = (): never => {
      throw new Error("Cannot find module 'lmdb'\nRequire stack:")
    }
    expect(() => loadLmdb(missing)).toThrow(
      "stores with store: 'disk' are kept in LMDB, and the package lmdb cannot be loaded: Cannot find module 'lmdb'. " +
        "Install it with `npm install lmdb@3.5.6`, or say store: 'memory'",
    )
  })
})
