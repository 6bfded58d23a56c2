/** An aggregate of the rows of a table (Kafka Streams' KTableAggregate, KTableReduce): what leaves a group is subtracted. */
import { Change, changeOf } from '../change.js'
import type { OperatorContext, Receiver } from '../operators/operator.js'
import { KeyedMap } from '../state/keyed-map.js'
import type { Aggregator } from './aggregator.js'
import type { KeyedRow } from './keyed.js'

export function tableAggregate(aggregator: Aggregator, { forward, journal, expose }: OperatorContext): Receiver {
  const rows = new KeyedMap<KeyedRow>(journal)
  expose(() => rows.rows().map(({ key, value }) => ({ key, value: aggregator.result(value.acc) })))
  return (record) => {
    const { key } = record
    if (key === null || key === undefined) return
    const change = changeOf(record)
    const row = rows.get(key)
    const timestamp = Math.max(record.timestamp, row?.timestamp ?? record.timestamp)
    let acc: unknown = row?.acc
    if (change.before !== null && acc !== undefined) {
      acc = aggregator.subtract(acc, { ...record, value: change.before }) ?? undefined
    }
    if (change.now !== null) {
      acc = aggregator.add(acc ?? aggregator.initial?.(), { ...record, value: change.now }, 0) ?? undefined
    }
    if (acc === undefined) rows.delete(key)
    else rows.set(key, { acc, timestamp })
    const result = (one: unknown): unknown => (one === null || one === undefined ? null : aggregator.result(one))
    forward({ ...record, value: new Change(result(acc), result(row?.acc)), timestamp })
  }
}
