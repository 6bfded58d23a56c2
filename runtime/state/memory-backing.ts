import type { Backing, RowChains, RowPrefixes, RowTimes, TimeOrder } from './backing.js'
import { KeyChains } from './key-chains.js'
import { MemoryTable } from './memory-table.js'
import { PrefixIndex } from './prefix-index.js'
import { TimeIndex } from './time-index.js'

export class MemoryBacking implements Backing {
  readonly table: MemoryTable

  /** `valueBytes` as of MemoryTable. */
  constructor(columns: number, valueBytes = 0) {
    this.table = new MemoryTable(columns, valueBytes)
  }

  times(order: TimeOrder, bucketMs: number): RowTimes {
    const index = new TimeIndex(order, bucketMs)
    this.table.addIndex(index)
    return index
  }

  chains(suffix: number): RowChains {
    const index = new KeyChains(this.table, suffix)
    this.table.addIndex(index)
    return index
  }

  prefixes(): RowPrefixes {
    const index = new PrefixIndex(this.table)
    this.table.addIndex(index)
    return index
  }
}
