/** An aggregate of all records of a key (Kafka Streams' KStreamAggregate, KStreamReduce). */
import { Change } from '../change.js'
import type { OperatorContext, Receiver } from '../operators/operator.js'
import { Lifetimes } from '../state/lifetimes.js'
import { KeyedMap } from '../state/keyed-map.js'
import type { Aggregator } from './aggregator.js'

export interface KeyedRow {
  readonly acc: unknown
  readonly timestamp: number
}

export function keyedAggregate(
  aggregator: Aggregator,
  { forward, journal, expose }: OperatorContext,
  ttl: number | undefined,
): Receiver {
  const lifetimes = new Lifetimes(ttl, journal)
  const result = (one: unknown): unknown => (one === null || one === undefined ? null : aggregator.result(one))
  const rows = new KeyedMap<KeyedRow>(journal)
  expose(() => rows.rows().map(({ key, value }) => ({ key, value: aggregator.result(value.acc) })))
  const forget = (key: unknown): unknown => {
    const row = rows.get(key)
    rows.delete(key)
    return result(row?.acc)
  }
  return (record, port) => {
    const { key, value } = record
    if (key === null || key === undefined || value === null || value === undefined) return
    lifetimes.expire(record, forget, forward)
    lifetimes.touch(record)
    const row = rows.get(key)
    const before = row === undefined ? aggregator.initial?.() : row.acc
    const acc = aggregator.add(before, record, port)
    const timestamp = Math.max(record.timestamp, row?.timestamp ?? record.timestamp)
    if (acc === null || acc === undefined) rows.delete(key)
    else rows.set(key, { acc, timestamp })
    forward({ ...record, value: new Change(result(acc), result(before)), timestamp })
  }
}
