/** What aggregates in windows share: their rows, what goes out and when. */
import type { WindowSpec } from '../../../dsl/model/window-spec.js'
import { Change } from '../change.js'
import type { Forward, StoreRow } from '../operators/operator.js'
import type { FlowRecord } from '../record.js'
import { compareKeys, windowed } from '../state/key-bytes.js'
import type { Journal } from '../state/journal.js'
import type { KeyOrder } from '../state/key-order.js'
import { KeyedMap } from '../state/keyed-map.js'
import { StreamTime } from '../state/stream-time.js'
import type { Aggregator } from './aggregator.js'

/** The aggregate of one key in one window. */
export interface WindowRow {
  readonly key: unknown
  readonly start: number
  readonly end: number
  readonly acc: unknown
  /** Greatest timestamp of its records. */
  readonly timestamp: number
  readonly partition: number
}

type WindowId = Pick<WindowRow, 'key' | 'start' | 'end'>

export class WindowRows {
  readonly #rows: KeyedMap<WindowRow>

  constructor(
    journal: Journal,
    readonly keyOrder: KeyOrder,
  ) {
    this.#rows = new KeyedMap(journal)
  }

  get({ key, start, end }: WindowId): WindowRow | undefined {
    return this.#rows.get(windowed(key, start, end))
  }

  put(row: WindowRow): void {
    this.#rows.set(windowed(row.key, row.start, row.end), row)
  }

  delete({ key, start, end }: WindowId): void {
    this.#rows.delete(windowed(key, start, end))
  }

  /** Of one key, by start. */
  ofKey(key: unknown): readonly WindowRow[] {
    return this.all().filter((row) => compareKeys(row.key, key) === 0)
  }

  /** As the author sees them. */
  results(aggregator: Aggregator): readonly StoreRow[] {
    return this.all().map(({ key, start, end, acc }) => ({
      key: windowed(key, start, end),
      value: aggregator.result(acc),
    }))
  }

  /** By start, then by key. */
  all(): readonly WindowRow[] {
    const rows = this.#rows.rows().map(({ value }) => value)
    return rows.toSorted((a, b) => a.start - b.start || this.keyOrder(a.key, b.key))
  }
}

/** Emits what changes, or what is final. */
export class WindowEmitter {
  /** Stream time up to which final results have gone out, by partition. */
  readonly #emitted: StreamTime

  constructor(
    readonly spec: WindowSpec,
    readonly aggregator: Aggregator,
    readonly forward: Forward,
    journal: Journal,
  ) {
    this.#emitted = new StreamTime(journal)
  }

  /** A row that is there now, or gone (`acc` undefined). */
  update(record: FlowRecord, row: WindowRow, before: unknown): void {
    if (this.spec.emit === 'final') return
    this.#forward(record, row, new Change(this.#result(row.acc), this.#result(before)))
  }

  /** Results of windows that are closed by now. `closed`: whether a window is, at a stream time. */
  close(record: FlowRecord, rows: WindowRows, time: number, closed: (row: WindowRow, time: number) => boolean): void {
    if (this.spec.emit !== 'final') return
    const { partition } = record.origin
    const emitted = this.#emitted.at(partition)
    if (time <= emitted) return
    const all = rows.all()
    for (const row of this.spec.kind === 'session' ? all.toSorted((a, b) => a.end - b.end) : all) {
      if (row.partition !== partition || !closed(row, time) || closed(row, emitted)) continue
      this.#forward(record, row, new Change(this.#result(row.acc), null))
    }
    this.#emitted.advance(partition, time)
  }

  #forward(record: FlowRecord, { key, start, end, timestamp }: WindowRow, value: Change): void {
    this.forward({ ...record, key: windowed(key, start, end), value, timestamp })
  }

  #result(acc: unknown): unknown {
    return acc === undefined || acc === null ? null : this.aggregator.result(acc)
  }
}
