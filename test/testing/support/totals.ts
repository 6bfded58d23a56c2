/** Sums orders into a record; topics and state are Avro. */
import { avro, pipeline, string, topic } from '../../../dsl/index.js'

export interface Order {
  readonly amount: number
  readonly at: Date
  readonly note: string | null
}

export interface Total {
  readonly sum: number
  readonly last: Date | null
  readonly notes: readonly string[]
}

export const orders = topic('orders', { key: string(), value: avro<Order>() })
export const totals = topic('totals', { key: string(), value: avro<Total>() })

export const totalling = pipeline('totalling', (p) => {
  p.stream(orders)
    .groupByKey()
    .aggregate(
      (): Total => ({ sum: 0, last: null, notes: [] }),
      (acc, order) => ({
        sum: acc.sum + order.amount,
        last: order.at,
        notes: order.note === null ? acc.notes : [...acc.notes, order.note],
      }),
      { name: 'totals' },
    )
    .toStream()
    .to(totals)
})
