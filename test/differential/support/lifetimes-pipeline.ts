/** Rows with a time to live: each output is a table of its own. */
import {
  avro,
  count,
  double,
  hopping,
  last,
  nullable,
  pipeline,
  session,
  sliding,
  string,
  sum,
  topic,
  tumbling,
} from '../../../dsl/index.js'

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

export const heldCounts = numbers('held-counts')
export const perHeld = numbers('per-held')
export const heldWindows = texts('held-windows')
export const heldNames = texts('held-names')
export const idleSessions = texts('idle-sessions')
export const idleSlides = texts('idle-slides')
export const idleUpdates = texts('idle-updates')
export const idleLate = texts('idle-late')

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
  const held = byKey.count({ ttl: '35ms', emit: { every: '40ms' }, name: 'held' })
  held.toStream().to(heldCounts)
  held
    .groupBy((n) => ({ key: n > 2 ? 'many' : 'few', value: 1 }))
    .count({ emit: { every: '10ms' } })
    .toStream()
    .to(perHeld)
  all
    .groupBy(({ item }) => item)
    .windowedBy(tumbling('20ms', { grace: '5ms', emit: { every: '25ms' } }))
    .count()
    .toStream()
    .mapRecord((n, { key }) => ({ key: key.key, value: `${key.start} ${n}` }))
    .to(heldWindows)
  all
    .map(({ item }) => item)
    .toTable({ ttl: '15ms' })
    .toStream()
    .to(newest)
  byKey
    .windowedBy(session('15ms', { grace: '5ms', emit: 'final', idle: { closeAfter: '45ms' } }))
    .count()
    .toStream()
    .mapRecord((n, { key }) => ({ key: key.key, value: `${key.start}-${key.end} ${n}` }))
    .to(idleSessions)
  byKey
    .windowedBy(sliding('15ms', { grace: '5ms', emit: 'final', idle: { closeAfter: '45ms' } }))
    .count()
    .toStream()
    .mapRecord((n, { key }) => ({ key: key.key, value: `${key.start}-${key.end} ${n}` }))
    .to(idleSlides)
  byKey
    .windowedBy(session('15ms', { grace: '0ms', idle: { closeAfter: '20ms' } }))
    .count()
    .toStream()
    .mapRecord((n, { key }) => ({ key: key.key, value: `${key.start}-${key.end} ${n ?? 'gone'}` }))
    .to(idleUpdates)
  const idle = { closeAfter: '30ms' } as const
  const lateFor = {
    sessions: byKey.windowedBy(session('15ms', { grace: '5ms', idle })).late,
    slides: byKey.windowedBy(sliding('15ms', { grace: '5ms', idle })).late,
    wideSlides: byKey.windowedBy(sliding('60ms', { grace: '0ms', idle })).late,
    turns: byKey.windowedBy(hopping('20ms', { advance: '10ms', grace: '5ms', idle })).late,
  }
  for (const [kind, records] of Object.entries(lateFor)) {
    records.map((sale, { timestamp }) => `${kind} ${sale.item} ${timestamp}`).to(idleLate)
  }
  const listed = p.table(names, { ttl: '50ms', name: 'names' })
  listed
    .map((name) => `${name}!`)
    .toStream()
    .to(named)
  listed.suppress({ until: '30ms', clock: 'wall' }).toStream().to(heldNames)
})
