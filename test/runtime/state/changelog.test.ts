import fc from '../../fast-check.js'
import { describe, expect, it } from 'vitest'
import { BatchCursor, BatchWriter, buildBatch, recordsOf } from '../../../runtime/kafka/record-batch/index.js'
import { applyChanges, writeChanges } from '../../../runtime/state/changelog.js'
import { MemoryTable } from '../../../runtime/state/memory-table.js'
import { RowTooLargeError, type Table } from '../../../runtime/state/table.js'
import { WindowStore } from '../../../runtime/state/window-store.js'
import { contents } from './model.js'

const producer = { producerId: -1n, producerEpoch: -1, baseSequence: -1 }
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

class Changelog {
  readonly writer = new BatchWriter({ batchLimit: 500 })
  readonly batches: Buffer[] = []
  records = 0
  #serial = 0

  commit(table: Table): void {
    const written = writeChanges(table, this.writer, this.#serial++)
    for (const { buffer } of this.writer.seal({ ...producer, isTransactional: false, compression: 'none' })) {
      this.batches.push(Buffer.from(buffer))
    }
    this.records += written
    table.commit()
  }

  replay(table: Table): number {
    let records = 0
    for (const batch of this.batches)
      for (const one of new BatchCursor(batch)) records += applyChanges(table, one.records(), 0)
    return records
  }

  get list(): { key: string; value: Buffer | null; timestamp: number }[] {
    return this.batches.flatMap((batch) =>
      [...new BatchCursor(batch)].flatMap((one) =>
        [...recordsOf(one)].map(({ key, value, timestamp }) => ({ key: key!.toString('latin1'), value, timestamp })),
      ),
    )
  }
}

describe('changelog', () => {
  it('replayed, is the store', () => {
    const step = fc.record({
      do: fc.constantFrom('value', 'value', 'number', 'null', 'delete', 'mark', 'rollback', 'commit', 'abort'),
      key: fc.constantFrom('', 'a', 'b', 'c'),
      text: fc.string({ maxLength: 20, unit: 'binary-ascii' }),
      number: fc.oneof(fc.nat(), fc.double(), fc.constant(-1)),
      timestamp: fc.nat(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const table = new MemoryTable(2)
        const changelog = new Changelog()
        for (const each of steps) {
          if (each.do === 'commit') changelog.commit(table)
          else if (each.do === 'mark' || each.do === 'rollback' || each.do === 'abort') table[each.do]()
          else if (each.do === 'delete') {
            const slot = table.find(bytes(each.key), 0, each.key.length)
            if (slot >= 0) table.delete(slot)
          } else {
            const slot = table.insert(bytes(each.key), 0, each.key.length, each.timestamp)
            if (each.do === 'value') table.setValue(slot, bytes(each.text), 0, each.text.length)
            else if (each.do === 'null') table.setNull(slot)
            else table.setNumber(slot, 1, each.number)
          }
        }
        changelog.commit(table)
        const restored = new MemoryTable(2)
        expect(changelog.replay(restored)).toBe(changelog.records)
        expect(contents(restored)).toEqual(contents(table))
        restored.abort()
        expect(contents(restored)).toEqual(contents(table))
      }),
      { numRuns: 300 },
    )
  })

  it('has the last value of a key, a tombstone only where the key was there before', () => {
    const table = new MemoryTable()
    const changelog = new Changelog()
    const put = (key: string, value: string, timestamp: number): void => {
      table.mark()
      const slot = table.insert(bytes(key), 0, key.length, timestamp)
      table.setTimestamp(slot, timestamp)
      table.setValue(slot, bytes(value), 0, value.length)
    }
    const remove = (key: string): void => {
      table.mark()
      table.delete(table.find(bytes(key), 0, key.length))
    }
    put('a', 'one', 1)
    put('a', 'two', 2)
    put('b', 'x', 3)
    remove('b')
    changelog.commit(table)
    put('c', 'y', 4)
    remove('a')
    changelog.commit(table)
    remove('c')
    put('c', 'z', 5)
    changelog.commit(table)
    expect(changelog.list).toEqual([
      { key: 'a', value: bytes('\x01two'), timestamp: 2 },
      { key: 'c', value: bytes('\x01y'), timestamp: 4 },
      { key: 'a', value: null, timestamp: 2 },
      { key: 'c', value: bytes('\x01z'), timestamp: 5 },
    ])
  })

  it("has Kafka Streams' keys of windows, and tombstones for what expires", () => {
    const store = new WindowStore({ bucketMs: 100, ranges: false })
    const changelog = new Changelog()
    store.insert(bytes('k'), 0, 1, 0x0102030405, 7)
    changelog.commit(store.table)
    store.expire(0x0102030406, 10)
    changelog.commit(store.table)
    const key = 'k\0\0\0\x01\x02\x03\x04\x05\0\0\0\0'
    expect(changelog.list).toEqual([
      { key, value: bytes('\0'), timestamp: 7 },
      { key, value: null, timestamp: 7 },
    ])
  })

  it('refuses what is no row of the store', () => {
    const restore = (key: string | null, value: string): (() => void) => {
      const batch = buildBatch([
        { key: key === null ? null : bytes(key), value: bytes(value), timestamp: 1, headers: [] },
      ])
      return () => {
        for (const one of new BatchCursor(batch)) applyChanges(new MemoryTable(1), one.records(), 0)
      }
    }
    expect(restore('k', '\0\0\0\0\0\0\0\0\0')).not.toThrow()
    for (const value of ['', '\0', '\x01\0\0\0\0\0\0\0', '\0\0\0\0\0\0\0\0\0x', '\x04\0\0\0\0\0\0\0\0']) {
      expect(restore('k', value)).toThrow('no row of 1 columns')
    }
    expect(restore(null, '\0')).toThrow('has no key')
  })

  it('takes only rows that fit a record', () => {
    const table = new MemoryTable()
    table.maxRowBytes = 10
    const slot = table.insert(bytes('key'), 0, 3, 0)
    table.setValue(slot, bytes('1234567'), 0, 7)
    expect(() => table.setValue(slot, bytes('12345678'), 0, 8)).toThrow(RowTooLargeError)
    expect(() => table.insert(bytes('a longer key'), 0, 12, 0)).toThrow(RowTooLargeError)
    expect(table.size).toBe(1)
  })
})
