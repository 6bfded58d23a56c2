/** A table as a Map: what stores are compared with. */
import type { Table } from '../../../runtime/state/table.js'

/** LMDB takes shorter keys: their order, and whether they differ, is told by bytes that do not stand in front of rows on disk. */
const LONG = 'a'.repeat(1936)
export const longKeys: readonly string[] = [
  ...[LONG, `${LONG}b`, `${LONG}ba`, `${LONG}bb`, `${LONG}${'b'.repeat(33)}`, `${LONG}${'b'.repeat(34)}`],
  ...[`${LONG}${'ba'.repeat(50)}`, `${LONG}${'ba'.repeat(51)}`, `${LONG}ÿ`, `${LONG}ÿÿ`],
]

export interface ModelRow {
  timestamp: number
  numbers: number[]
  value: string | null
}

export class ModelTable {
  rows = new Map<string, ModelRow>()
  #marked = new Map<string, ModelRow>()
  #committed = new Map<string, ModelRow>()

  mark(): void {
    this.#marked = structuredClone(this.rows)
  }

  rollback(): void {
    this.rows = structuredClone(this.#marked)
  }

  commit(): void {
    this.#committed = structuredClone(this.rows)
    this.mark()
  }

  abort(): void {
    this.rows = structuredClone(this.#committed)
    this.mark()
  }

  /** Keys whose rows differ from the last commit's, with undefined for those that are gone. */
  get changed(): Map<string, ModelRow | undefined> {
    const keys = new Set([...this.rows.keys(), ...this.#committed.keys()])
    const changed = new Map<string, ModelRow | undefined>()
    for (const key of keys) {
      const row = this.rows.get(key)
      if (JSON.stringify(row) !== JSON.stringify(this.#committed.get(key))) changed.set(key, row)
    }
    return changed
  }
}

export const rowAt = (table: Table, slot: number): ModelRow => ({
  timestamp: table.timestamp(slot),
  numbers: Array.from({ length: table.columns }, (_, column) => table.number(slot, column)),
  value: table.hasValue(slot)
    ? table.valueBuffer(slot).toString('latin1', table.valueStart(slot), table.valueEnd(slot))
    : null,
})

export const keyAt = (table: Table, slot: number): string =>
  table.keyBuffer(slot).toString('latin1', table.keyStart(slot), table.keyEnd(slot))

export const contents = (table: Table): Map<string, ModelRow> => {
  const rows = new Map<string, ModelRow>()
  for (const slot of table.inKeyOrder()) rows.set(keyAt(table, slot), rowAt(table, slot))
  return rows
}
