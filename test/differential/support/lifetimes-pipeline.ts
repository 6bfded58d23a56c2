/** Rows with a time to live: each output is a table of its own. */
import { avro, count, double, last, nullable, pipeline, string, sum, topic } from '../../../dsl/index.js'

interface Sale {
  readonly item: string
  readonly amount: number
}

export const sales = topic('sales', { key: string(), value: avro<Sale>() })
export const names = topic('names', { key: string(), value: nullable(string()) })
const numbers = (name: string) => topic(name, { key: string(), value: nullable(double()) })
const texts = (name: string) => topic(name, { key: string(), value: nullable(string()) })
export const counts = numbers('counts')
export const sums = numbers('sums')
export const perSum = numbers('per-sum')
export const folds = texts('folds')
export const declared = texts('declared')
export const newest = texts('newest')
export const named = texts('named')

export const lifetimes = pipeline('lifetimes', (p) => {
  const all = p.stream(sales)
  const byKey = all.groupByKey()
  byKey.count({ ttl: '30ms', name: 'count' }).toStream().to(counts)
  const totals = all
    .map(({ amount }) => amount)
    .groupByKey()
    .reduce((acc, amount) => acc + amount, { ttl: '40ms', name: 'sum' })
  totals.toStream().to(sums)
  totals
    .groupBy((total) => ({ key: total < 0 ? 'below' : 'above', value: 1 }))
    .count()
    .toStream()
    .to(perSum)
  all
    .groupBy(({ item }) => item)
    .aggregate(
      () => '',
      (acc, { amount }) => (amount === 0 ? null : `${acc}${amount} `),
      { ttl: '20ms', name: 'fold' },
    )
    .toStream()
    .to(folds)
  byKey
    .aggregate({ n: count(), total: sum(({ amount }) => amount), item: last(({ item }) => item) }, { ttl: '25ms' })
    .toStream()
    .map((row) => (row === null ? null : `${row.n} ${row.total} ${row.item}`))
    .to(declared)
  all
    .map(({ item }) => item)
    .toTable({ ttl: '15ms' })
    .toStream()
    .to(newest)
  p.table(names, { ttl: '50ms', name: 'names' })
    .map((name) => `${name}!`)
    .toStream()
    .to(named)
})
