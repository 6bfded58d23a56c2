/** Session windows (Kafka Streams' KStreamSessionWindowAggregate): [start, end] of records at most `gap` apart. */
import type { WindowSpec } from '../../../dsl/model/window-spec.js'
import type { OperatorContext, Receiver } from '../operators/operator.js'
import type { FlowRecord } from '../record.js'
import { latestOf, StreamTime } from '../state/stream-time.js'
import type { Aggregator } from './aggregator.js'
import { closingWhenIdle } from './closing-when-idle.js'
import { WindowEmitter, WindowRows, type WindowRow } from './windows.js'

type SessionWindows = Extract<WindowSpec, { readonly kind: 'session' }>

export function sessionWindows(
  spec: SessionWindows,
  aggregator: Aggregator,
  { node, forward, journal, keyOrder, task, expose }: OperatorContext,
  lag: number,
): Receiver {
  const rows = new WindowRows(journal, keyOrder)
  const emitter = new WindowEmitter(spec, aggregator, forward, journal)
  expose(() => rows.results(aggregator))
  const times: StreamTime[] = []
  const closedAt = ({ end }: WindowRow): number => end + spec.grace + spec.gap + 1
  const idle = closingWhenIdle(node.id, task, { spec, rows, emitter, times, closedAt })
  return (record, port) => {
    if (record.key === null || record.key === undefined) return
    idle.seen(record)
    times[port] ??= new StreamTime(journal)
    const time = times[port].advance(record.origin.partition, record.timestamp)
    update(record, time, port)
    emitter.close(record, rows, time, (row, at) => closedAt(row) <= at)
  }

  function update(record: FlowRecord, time: number, port: number): void {
    const { key, timestamp, origin } = record
    // What was closed for long is forgotten, also for a record that would join it with an open session.
    const forgotten = latestOf(times, origin.partition) - lag - spec.grace - 2 * spec.gap
    const found = rows
      .ofKey(key)
      .filter(({ start, end }) => end >= Math.max(timestamp - spec.gap, forgotten) && start <= timestamp + spec.gap)
      .toSorted((a, b) => a.end - b.end)
    const start = Math.min(timestamp, ...found.map((row) => row.start))
    const end = Math.max(timestamp, ...found.map((row) => row.end))
    if (end < time - spec.grace - spec.gap) return
    let acc = aggregator.initial?.()
    for (const row of found) acc = aggregator.merge(key, acc, row.acc)
    // A record that falls on a session of one moment leaves its bounds as they are.
    const isSame = start === timestamp && end === timestamp
    for (const row of isSame ? [] : found) {
      rows.delete(row)
      emitter.update(record, { ...row, acc: undefined, timestamp: row.end }, row.acc)
    }
    acc = aggregator.add(acc, record, port) ?? undefined
    const merged = { key, start, end, acc, timestamp: end, partition: origin.partition }
    if (acc === undefined) rows.delete(merged)
    else rows.put(merged)
    emitter.update(record, merged, undefined)
  }
}
