import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from '../../fast-check.js'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { crc32c } from '../../../runtime/kafka/record-batch/index.js'
import type { SnapshotIdentity } from '../../../runtime/state/snapshot-header.js'
import { SnapshotWriter, loadSnapshot } from '../../../runtime/state/snapshot.js'
import { MemoryTable } from '../../../runtime/state/memory-table.js'
import { contents } from './model.js'

const identity: SnapshotIdentity = {
  topic: 'changelog',
  topicId: 'id',
  partition: 3,
  store: 'counts',
  layout: 'key-value 1',
}
const range = { start: 0, end: 1000 }
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

let directory: string
let file: string

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'snapshot-'))
  file = path.join(directory, 'counts.snapshot')
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(directory, { recursive: true })
})

const put = (table: MemoryTable, key: string, number: number, value?: string): void => {
  const slot = table.insert(bytes(key), 0, key.length, number)
  table.setNumber(slot, 0, number)
  if (value !== undefined) table.setValue(slot, bytes(value), 0, value.length)
}

const filled = (rows = 1000): MemoryTable => {
  const table = new MemoryTable(1)
  for (let i = 0; i < rows; i++) put(table, `key-${i}`, i, i % 3 === 0 ? undefined : `value ${i}`)
  table.commit()
  return table
}

const save = (table: MemoryTable, position = 500, as = identity): void => {
  const writer = new SnapshotWriter(file, as, position, table)
  while (!writer.step(1000));
  writer.finish()
}

const load = (table = new MemoryTable(1), as = identity, changelog = range): number | undefined =>
  loadSnapshot(file, as, changelog, table)

describe('a snapshot', () => {
  it('is the store, with the offset from which to go on', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ unit: 'binary-ascii' }),
          fc.tuple(fc.double(), fc.option(fc.string({ unit: 'binary-ascii' }))),
        ),
        (rows) => {
          const table = new MemoryTable(1)
          for (const [key, [number, value]] of Object.entries(rows)) put(table, key, number, value ?? undefined)
          table.commit()
          save(table, 17)
          const loaded = new MemoryTable(1)
          expect(load(loaded)).toBe(17)
          expect(contents(loaded)).toEqual(contents(table))
          loaded.abort()
          expect(loaded.size).toBe(table.size)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('holds rows of any size', () => {
    const table = new MemoryTable(1)
    put(table, 'large', 1, 'x'.repeat(3_000_000))
    put(table, 'small', 2, 'y')
    table.commit()
    save(table)
    const loaded = new MemoryTable(1)
    load(loaded)
    expect(contents(loaded)).toEqual(contents(table))
  })

  it('is undefined without a file', () => {
    expect(load()).toBeUndefined()
  })

  it('does not exist before it is finished, nor after it was discarded', () => {
    const writer = new SnapshotWriter(file, identity, 5, filled())
    writer.step(Infinity)
    expect(load()).toBeUndefined()
    writer.discard()
    expect(readdirSync(directory)).toEqual([])
  })

  it('may be taken while the store changes, when the changelog is read from its offset', () => {
    const table = filled(100)
    const writer = new SnapshotWriter(file, identity, 500, table)
    writer.step(1000)
    // A row that moves to a slot that is written already, and one that is deleted.
    table.delete(table.find(bytes('key-99'), 0, 6))
    table.delete(table.find(bytes('key-98'), 0, 6))
    table.delete(table.find(bytes('key-0'), 0, 5))
    table.commit()
    put(table, 'key-99', 9900, 'new')
    put(table, 'key-50', 5000, 'new')
    table.commit()
    writer.step(Infinity)
    writer.finish()
    const loaded = new MemoryTable(1)
    load(loaded)
    // The changelog since.
    for (const key of ['key-98', 'key-0']) {
      const slot = loaded.find(bytes(key), 0, key.length)
      if (slot >= 0) loaded.delete(slot)
    }
    put(loaded, 'key-99', 9900, 'new')
    loaded.setTimestamp(loaded.find(bytes('key-99'), 0, 6), 9900)
    put(loaded, 'key-50', 5000, 'new')
    expect(contents(loaded)).toEqual(contents(table))
  })

  const rejected = (message: string, as = identity, changelog = range): void => {
    const table = new MemoryTable(1)
    expect(() => load(table, as, changelog)).toThrow(message)
    expect(table.size).toBe(0)
  }

  it('is rejected when it is torn at any place', () => {
    save(filled(200))
    const size = readFileSync(file).length
    for (let length = size - 1; length >= 0; length -= 97) {
      truncateSync(file, length)
      rejected('torn')
    }
  })

  it('is rejected when any byte is wrong, or more follows', () => {
    save(filled(50))
    const good = readFileSync(file)
    for (let i = 0; i < good.length; i += 41) {
      const bad = Buffer.from(good)
      bad[i]! ^= 0x10
      writeFileSync(file, bad)
      rejected('it')
    }
    writeFileSync(file, good)
    expect(load()).toBe(500)
    appendFileSync(file, 'x')
    rejected('torn')
  })

  it('is rejected when it belongs to something else', () => {
    save(filled(10))
    rejected('belongs to store counts', { ...identity, store: 'other' })
    rejected('belongs to store counts', { ...identity, partition: 4 })
    rejected('another topic of the same name', { ...identity, topicId: 'other' })
    rejected('layout', { ...identity, layout: 'key-value 2' })
  })

  it('is rejected when the changelog does not go on from it', () => {
    save(filled(10), 500)
    rejected('begins at 501', identity, { start: 501, end: 900 })
    rejected('ends at 499', identity, { start: 0, end: 499 })
    expect(load(new MemoryTable(1), identity, { start: 500, end: 500 })).toBe(500)
  })

  it('is rejected when it is older than half of the time that deletions are kept', () => {
    save(filled(10))
    vi.useFakeTimers({ now: Date.now() + 3.4 * 24 * 3600 * 1000 })
    expect(load()).toBe(500)
    vi.setSystemTime(Date.now() + 0.2 * 24 * 3600 * 1000)
    rejected('so old')
  })

  it('is rejected when a newer version has written it', () => {
    save(filled(10))
    const content = readFileSync(file)
    const end = 16 + content.readUInt32LE(8)
    content[content.indexOf('"format":2') + 9] = '9'.charCodeAt(0)
    content.writeUInt32LE(crc32c(content, 16, end), 12)
    writeFileSync(file, content)
    rejected('format 9')
  })
})
