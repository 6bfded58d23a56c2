import type { Backing, RowChains, RowPrefixes, RowTimes, TimeOrder } from '../backing.js'
import { DiskChains } from './disk-chains.js'
import { DiskPrefixes } from './disk-prefixes.js'
import type { DiskTable } from './disk-table.js'
import { DiskTimes } from './disk-times.js'
import type { LmdbDatabase } from './lmdb.js'

export class DiskBacking implements Backing {
  readonly table: DiskTable
  readonly #openTimes: () => LmdbDatabase

  /** `openTimes`: a database of the store's own for its index of times. */
  constructor(table: DiskTable, openTimes: () => LmdbDatabase) {
    this.table = table
    this.#openTimes = openTimes
  }

  times(order: TimeOrder, bucketMs: number): RowTimes {
    return new DiskTimes(this.table, this.#openTimes(), order, bucketMs)
  }

  chains(suffix: number): RowChains {
    return new DiskChains(this.table, suffix)
  }

  prefixes(): RowPrefixes {
    return new DiskPrefixes(this.table)
  }
}
