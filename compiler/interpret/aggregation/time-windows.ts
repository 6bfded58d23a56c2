/** Tumbling and hopping windows (Kafka Streams' KStreamWindowAggregate): [start, end), aligned to the epoch. */
import type { WindowSpec } from '../../../dsl/model/window-spec.js'
import type { OperatorContext, Receiver } from '../operators/operator.js'
import type { FlowRecord } from '../record.js'
import { latestOf, StreamTime } from '../state/stream-time.js'
import type { Aggregator } from './aggregator.js'
import { closingWhenIdle } from './closing-when-idle.js'
import { WindowEmitter, WindowRows, type WindowRow } from './windows.js'

type TimeWindows = Extract<WindowSpec, { readonly kind: 'time' }>

export function timeWindows(
  spec: TimeWindows,
  aggregator: Aggregator,
  { node, forward, journal, keyOrder, task, expose }: OperatorContext,
  lag: number,
): Receiver {
  const rows = new WindowRows(journal, keyOrder)
  const emitter = new WindowEmitter(spec, aggregator, forward, journal)
  expose(() => rows.results(aggregator))
  // A cogroup's inputs have a stream time each.
  const times: StreamTime[] = []
  const closedAt = ({ end }: WindowRow): number => end + spec.grace
  const idle = closingWhenIdle(node.id, task, { spec, rows, emitter, times, closedAt })
  return (record, port) => {
    if (record.key === null || record.key === undefined) return
    idle.seen(record)
    times[port] ??= new StreamTime(journal)
    const time = times[port].advance(record.origin.partition, record.timestamp)
    const latest = latestOf(times, record.origin.partition)
    for (const start of startsOf(spec, record.timestamp)) {
      if (start + spec.size > Math.max(time, latest - lag) - spec.grace) update(record, start, port)
    }
    emitter.close(record, rows, time, (row, at) => closedAt(row) <= at)
  }

  function update(record: FlowRecord, start: number, port: number): void {
    const id = { key: record.key, start, end: start + spec.size }
    const row = rows.get(id)
    const before = row === undefined ? aggregator.initial?.() : row.acc
    const acc = aggregator.add(before, record, port) ?? undefined
    const timestamp = Math.max(record.timestamp, row?.timestamp ?? record.timestamp)
    const updated = { ...id, acc, timestamp, partition: record.origin.partition }
    if (acc === undefined) rows.delete(id)
    else rows.put(updated)
    emitter.update(record, updated, before)
  }
}

/** In ascending order. No window begins before the epoch. */
export function startsOf({ size, advance }: Pick<TimeWindows, 'size' | 'advance'>, timestamp: number): number[] {
  const first = Math.max(0, Math.floor((timestamp - size + advance) / advance) * advance)
  const starts: number[] = []
  for (let start = first; start <= timestamp; start += advance) starts.push(start)
  return starts
}
