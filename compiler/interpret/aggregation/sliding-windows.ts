/**
 * Sliding windows (Kafka Streams' KStreamSlidingWindowAggregate): [start, end] of one length, aligned to records. Each
 * record has a left window, which ends with it, and a right window, which begins after it, if it is not empty.
 */
import type { WindowSpec } from '../../../dsl/model/window-spec.js'
import type { Forward, OperatorContext, Receiver } from '../operators/operator.js'
import type { FlowRecord } from '../record.js'
import { latestOf, StreamTime } from '../state/stream-time.js'
import type { Aggregator } from './aggregator.js'
import { closingWhenIdle } from './closing-when-idle.js'
import { WindowEmitter, WindowRows, type WindowRow } from './windows.js'

type SlidingWindows = Extract<WindowSpec, { readonly kind: 'sliding' }>

/** `late`: gets the records that no window accepts. */
export function slidingWindows(
  spec: SlidingWindows,
  aggregator: Aggregator,
  { node, forward, journal, keyOrder, task, expose }: OperatorContext,
  lag: number,
  late?: Forward,
): Receiver {
  const rows = new WindowRows(journal, keyOrder)
  const emitter = new WindowEmitter(spec, aggregator, forward, journal)
  expose(() => rows.results(aggregator))
  const times: StreamTime[] = []
  const { difference, grace } = spec
  const closedAt = ({ end }: WindowRow): number => end + grace + 1
  const idle = closingWhenIdle(node.id, task, { spec, rows, emitter, times, closedAt })
  return (record, port) => {
    const { key, value, timestamp, origin } = record
    if (key === null || key === undefined || value === null || value === undefined) return
    idle.seen(record)
    times[port] ??= new StreamTime(journal)
    const time = times[port].advance(origin.partition, timestamp)
    const latest = latestOf(times, origin.partition)
    if (timestamp + difference < Math.max(time, latest - lag) - grace) {
      late?.(record)
      return
    }
    const arrival = { record, port, closeTime: time - grace, rows: rows.ofKey(key) }
    if (timestamp < difference) {
      processEarly(arrival)
      return
    }
    process(arrival)
    emitter.close(record, rows, time, (row, at) => closedAt(row) <= at)
  }

  function process({ record, port, closeTime, rows: ofKey }: Arrival): void {
    const { timestamp } = record
    const near = ofKey.filter(({ start }) => start >= timestamp - 2 * difference && start <= timestamp + 1).toReversed()
    let left: WindowRow | undefined
    let right: WindowRow | undefined
    let hasLeft = false
    let previous: number | undefined
    for (const row of near) {
      if (row.start > timestamp) continue
      if (row.end > timestamp) {
        right ??= row
        update(record, port, closeTime, row)
      } else if (row.end === timestamp) {
        hasLeft = true
        update(record, port, closeTime, row)
        if (row.timestamp >= timestamp) return
        previous = row.timestamp
      } else {
        left = row
        previous = row.timestamp
        break
      }
    }
    const starts = new Set(near.map(({ start }) => start))
    if (previous !== undefined && !starts.has(previous + 1) && previous + 1 + difference >= timestamp) {
      update(record, port, closeTime, fresh(record, previous + 1))
    }
    if (!hasLeft) {
      const window = fresh(record, timestamp - difference)
      const isEmpty = previous === undefined || previous < timestamp - difference
      update(record, port, closeTime, isEmpty ? window : { ...window, acc: left?.acc })
    }
    if (!starts.has(timestamp + 1)) createRight(record, right)
  }

  /** No window begins before the epoch: records before `difference` share the window [0, difference]. */
  function processEarly({ record, port, closeTime, rows: ofKey }: Arrival): void {
    const { timestamp } = record
    const near = ofKey.filter(({ start }) => start <= timestamp + 1)
    const combined = near.find(({ start }) => start === 0)
    let right: WindowRow | undefined
    for (const row of near) {
      if (row.start === 0 || row.start > timestamp) continue
      right = row
      update(record, port, closeTime, row)
    }
    if (right === undefined && combined !== undefined && combined.timestamp > timestamp) right = combined
    const starts = new Set(near.map(({ start }) => start))
    if (!starts.has(timestamp + 1)) createRight(record, right)
    const previous = combined !== undefined && combined.timestamp < timestamp ? combined.timestamp : undefined
    if (previous !== undefined && !starts.has(previous + 1))
      update(record, port, closeTime, fresh(record, previous + 1))
    update(record, port, closeTime, combined ?? fresh(record, 0))
  }

  /** The window as it would be without the record. */
  function fresh({ key, timestamp, origin }: FlowRecord, start: number): WindowRow {
    const acc = aggregator.initial?.()
    return { key, start, end: start + difference, acc, timestamp, partition: origin.partition }
  }

  function update(record: FlowRecord, port: number, closeTime: number, row: WindowRow): void {
    if (row.end < closeTime) return
    const acc = aggregator.add(row.acc, record, port) ?? undefined
    const timestamp = row.acc === undefined ? record.timestamp : Math.max(record.timestamp, row.timestamp)
    const updated = { ...row, acc, timestamp }
    if (acc === undefined) rows.delete(row)
    else rows.put(updated)
    emitter.update(record, updated, row.acc)
  }

  /** Holds what came later already; the record itself is not in it. */
  function createRight(record: FlowRecord, right: WindowRow | undefined): void {
    if (right === undefined || right.timestamp <= record.timestamp) return
    const start = record.timestamp + 1
    const row = { ...right, start, end: start + difference }
    rows.put(row)
    emitter.update(record, row, undefined)
  }
}

interface Arrival {
  readonly record: FlowRecord
  readonly port: number
  readonly closeTime: number
  /** Of its key, by start. */
  readonly rows: readonly WindowRow[]
}
