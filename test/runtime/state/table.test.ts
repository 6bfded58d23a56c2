import fc from '../../fast-check.js'
import { describe, expect, it } from 'vitest'
import { MemoryTable, type RowIndex } from '../../../runtime/state/memory-table.js'
import type { Table } from '../../../runtime/state/table.js'
import { backings } from './backings.js'
import { ModelTable, contents, keyAt, longKeys, rowAt, type ModelRow } from './model.js'

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')
const find = (table: Table, key: string): number => table.find(bytes(key), 0, key.length)
const insert = (table: Table, key: string, timestamp = 0): number => table.insert(bytes(key), 0, key.length, timestamp)

type Step =
  | { do: 'insert' | 'number' | 'timestamp' | 'null' | 'delete'; key: string; number: number }
  | { do: 'value'; key: string; value: string }
  | { do: 'mark' | 'rollback' | 'commit' | 'abort' }

const key = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 2, unit: fc.constantFrom('a', 'b', 'ÿ') }) },
  { weight: 1, arbitrary: fc.constantFrom(...longKeys) },
)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('insert', 'number', 'timestamp', 'null', 'delete'),
      key,
      number: fc.nat(100),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('value' as const),
      key,
      value: fc.string({ maxLength: 100, unit: 'binary-ascii' }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('mark', 'mark', 'mark', 'rollback', 'commit', 'abort') }) },
)

const applyToModel = (model: ModelTable, step: Step): void => {
  if (!('key' in step)) {
    model[step.do]()
    return
  }
  if (step.do === 'delete') {
    model.rows.delete(step.key)
    return
  }
  const timestamp = 'number' in step ? step.number : 7
  const row: ModelRow = model.rows.get(step.key) ?? { timestamp, numbers: [0, 0], value: null }
  model.rows.set(step.key, row)
  if (step.do === 'number') row.numbers[1] = step.number
  else if (step.do === 'timestamp') row.timestamp = step.number
  else if (step.do === 'null') row.value = null
  else if (step.do === 'value') row.value = step.value
}

const applyToTable = (table: Table, step: Step): void => {
  if (!('key' in step)) {
    table[step.do]()
    return
  }
  if (step.do === 'delete') {
    const slot = find(table, step.key)
    if (slot >= 0) table.delete(slot)
    return
  }
  const slot = insert(table, step.key, 'number' in step ? step.number : 7)
  if (step.do === 'number') table.setNumber(slot, 1, step.number)
  else if (step.do === 'timestamp') table.setTimestamp(slot, step.number)
  else if (step.do === 'null') table.setNull(slot)
  else if (step.do === 'value') table.setValue(slot, bytes(step.value), 0, step.value.length)
}

/** Of rows that were written, those whose content differs: a row may be written without a change. */
const dirty = (table: Table): Map<string, ModelRow | undefined> => {
  const rows = new Map<string, ModelRow | undefined>()
  table.eachDirty((slot, live) => {
    expect(rows.has(keyAt(table, slot))).toBe(false)
    rows.set(keyAt(table, slot), live ? rowAt(table, slot) : undefined)
  })
  return rows
}

class Linked implements RowIndex {
  readonly slots = new Set<number>()
  linked(slot: number): void {
    expect(this.slots.has(slot)).toBe(false)
    this.slots.add(slot)
  }
  unlinked(slot: number): void {
    expect(this.slots.delete(slot)).toBe(true)
  }
  clear(): void {
    this.slots.clear()
  }
}

describe.each(backings())('a table $name', ({ open, numRuns }) => {
  it('holds what a Map holds, through mark, rollback, commit and abort', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const { backing, after } = open(2)
        const { table } = backing
        const model = new ModelTable()
        for (const each of steps) {
          applyToModel(model, each)
          applyToTable(table, each)
          after(each.do)
          expect(contents(table)).toEqual(model.rows)
          expect(table.size).toBe(model.rows.size)
        }
        for (const name of model.rows.keys()) expect(keyAt(table, find(table, name))).toBe(name)
        table.mark()
        const written = dirty(table)
        for (const [name, row] of model.changed) expect(written.get(name)).toEqual(row)
        for (const [name, row] of written) expect(row).toEqual(model.rows.get(name))
      }),
      { numRuns },
    )
  })

  it('finds every key of many, after deletions too', () => {
    const { backing, after } = open(1)
    const { table } = backing
    const count = 20_000
    for (let i = 0; i < count; i++) table.setNumber(insert(table, `key-${i}`), 0, i)
    table.commit()
    after('commit')
    for (let i = 0; i < count; i += 2) table.delete(find(table, `key-${i}`))
    table.commit()
    after('commit')
    for (let i = 0; i < count; i++) {
      const slot = find(table, `key-${i}`)
      if (i % 2 === 0) expect(slot).toBe(-1)
      else expect(table.number(slot, 0)).toBe(i)
    }
    expect(table.size).toBe(count / 2)
  })

  it('orders keys as unsigned bytes, a prefix first', () => {
    const { backing, after } = open()
    const { table } = backing
    const names = ['b', 'ÿ', 'a', 'ab', '']
    const slots = names.map((name) => insert(table, name)).sort((a, b) => table.compareKeys(a, b))
    expect(slots.map((slot) => keyAt(table, slot))).toEqual(['', 'a', 'ab', 'b', 'ÿ'])
    table.commit()
    after('commit')
    insert(table, 'aa')
    expect(Array.from(table.inKeyOrder(), (slot) => keyAt(table, slot))).toEqual(['', 'a', 'aa', 'ab', 'b', 'ÿ'])
  })
})

describe('a table in memory', () => {
  it('tells its indexes what enters and leaves, undo included', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const table = new MemoryTable(2)
        const linked = new Linked()
        table.addIndex(linked)
        for (const each of steps) {
          applyToTable(table, each)
          expect(linked.slots.size).toBe(table.size)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('gives back the memory of what was replaced and deleted', () => {
    const table = new MemoryTable()
    const value = Buffer.alloc(5000)
    for (let i = 0; i < 2000; i++) {
      table.mark()
      const slot = insert(table, `key ${i % 10}`)
      table.setValue(slot, value, 0, value.length)
      if (i % 3 === 0) table.rollback()
      else if (i % 7 === 0) table.delete(slot)
      if (i % 50 === 0) table.commit()
      if (i % 70 === 0) table.abort()
    }
    expect(table.slotLimit).toBeLessThan(200)
    expect(table.allocatedBytes).toBeLessThan(4_000_000)
  })

  it('holds values larger than a page and gives them back', () => {
    const table = new MemoryTable()
    const large = Buffer.alloc(3_000_000, 'x')
    for (let i = 0; i < 20; i++) {
      table.mark()
      const slot = insert(table, 'large')
      table.setValue(slot, large, 0, large.length)
      expect(table.valueEnd(slot) - table.valueStart(slot)).toBe(large.length)
      table.commit()
    }
    expect(table.allocatedBytes).toBeLessThan(12_000_000)
  })
})
