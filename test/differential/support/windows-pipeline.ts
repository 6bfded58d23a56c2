/** Aggregates of every kind over windows of every kind; run interpreted, and compiled from its text. */
import {
  aggregator,
  avg,
  collect,
  count,
  countDistinct,
  first,
  hopping,
  json,
  last,
  max,
  min,
  pipeline,
  session,
  sliding,
  string,
  sum,
  topic,
  topK,
  tumbling,
} from '../../../dsl/index.js'

export interface Sale {
  readonly item: string
  readonly amount: number
}

const lines = { key: string(), value: json<string>() }
export const sales = topic('sales', { key: string(), value: json<Sale>() })
export const returns = topic('returns', { key: string(), value: json<Sale>() })
export const sessions = topic('sessions', lines)
export const closedSessions = topic('closed-sessions', lines)
export const slides = topic('slides', lines)
export const closedSlides = topic('closed-slides', lines)
export const totals = topic('totals', lines)
export const hops = topic('hops', lines)
export const both = topic('both', lines)
export const bothSessions = topic('both-sessions', lines)
export const late = topic('late', lines)

const longest = aggregator({
  initial: () => '',
  add: (acc: string, sale: Sale) => (sale.item.length > acc.length ? sale.item : acc),
  merge: (a, b) => (b.length > a.length ? b : a),
  result: (acc) => `${acc}!`,
})

export const windows = pipeline('windows', (p) => {
  const byKey = p.stream(sales).groupByKey()
  const returned = p.stream(returns).groupByKey()
  const all = {
    n: count(),
    total: sum((sale: Sale) => sale.amount),
    mean: avg((sale: Sale) => sale.amount),
    least: min((sale: Sale) => sale.amount),
    greatest: max((sale: Sale) => sale.item),
    one: first((sale: Sale) => sale.item),
    newest: last((sale: Sale) => sale.amount),
    items: collect((sale: Sale) => sale.item, { limit: 3 }),
    kinds: countDistinct((sale: Sale) => sale.item),
    best: topK(
      2,
      (sale: Sale) => sale.item,
      (sale: Sale) => sale.amount,
    ),
    longest,
  }
  byKey
    .aggregate(all, { name: 'totals' })
    .toStream()
    .map((value) => JSON.stringify(value))
    .to(totals)
  byKey
    .windowedBy(session('10ms', { grace: '15ms' }))
    .aggregate(all, { name: 'sessions' })
    .toStream()
    .mapRecord((value, { key }) => ({ key: key.key, value: JSON.stringify([key.start, key.end, value]) }))
    .to(sessions)
  byKey
    .windowedBy(session('10ms', { grace: '5ms', emit: 'final' }))
    .reduce((a, b) => ({ amount: a.amount + b.amount, item: a.item + b.item }), { name: 'closed-sessions' })
    .toStream()
    .mapRecord((value, { key }) => ({
      key: key.key,
      value: JSON.stringify([key.start, key.end, value.item, value.amount]),
    }))
    .to(closedSessions)
  byKey
    .windowedBy(sliding('12ms', { grace: '20ms' }))
    .aggregate({ n: all.n, items: all.items }, { name: 'slides' })
    .toStream()
    .mapRecord((value, { key }) => ({ key: key.key, value: JSON.stringify([key.start, key.end, value]) }))
    .to(slides)
  byKey
    .windowedBy(sliding('12ms', { grace: '6ms', emit: 'final' }))
    .aggregate(
      () => 0,
      (acc, sale) => (acc + sale.amount > 40 ? null : acc + sale.amount),
      { name: 'closed-slides' },
    )
    .toStream()
    .mapRecord((value, { key }) => ({ key: key.key, value: JSON.stringify([key.start, key.end, value]) }))
    .to(closedSlides)
  byKey
    .windowedBy(hopping('20ms', { advance: '5ms', grace: '10ms', emit: 'final' }))
    .aggregate({ total: all.total, least: all.least }, { name: 'hops' })
    .toStream()
    .mapRecord((value, { key }) => ({ key: key.key, value: JSON.stringify([key.start, key.end, value]) }))
    .to(hops)
  const cogroup = byKey
    .cogroup(
      () => 0,
      (acc: number, sale) => acc + sale.amount,
    )
    .add(returned, (acc, sale) => acc - sale.amount)
  cogroup
    .aggregate({ name: 'both' })
    .toStream()
    .map((value) => JSON.stringify(value))
    .to(both)
  cogroup
    .windowedBy(session('10ms', { grace: '5ms' }))
    .aggregate({ merge: (a, b) => a + b, name: 'both-sessions' })
    .toStream()
    .mapRecord((value, { key }) => ({ key: key.key, value: JSON.stringify([key.start, key.end, value]) }))
    .to(bothSessions)

  const lateFor = {
    tumbling: byKey.windowedBy(tumbling('10ms', { grace: '5ms' })).late,
    hopping: byKey.windowedBy(hopping('20ms', { advance: '5ms', grace: '3ms' })).late,
    sliding: byKey.windowedBy(sliding('12ms', { grace: '6ms' })).late,
    sessions: byKey.windowedBy(session('10ms', { grace: '5ms' })).late,
  }
  for (const [kind, records] of Object.entries(lateFor)) {
    records.map((sale, { timestamp }) => `${kind} ${sale.item} ${timestamp}`).to(late)
  }
})
