import { describe, expectTypeOf, it } from 'vitest'
import {
  aggregator,
  avg,
  count,
  hopping,
  json,
  max,
  pipeline,
  session,
  sliding,
  string,
  sum,
  topic,
  topK,
  tumbling,
  type GlobalTable,
  type GroupedStream,
  type Stream,
  type Table,
  type Windowed,
  type WindowedStream,
} from '../../dsl/index.js'
import type { TypedOrder } from './subjects.js'

declare const orders: Stream<string, TypedOrder>
declare const keyless: Stream<string | null, TypedOrder>
declare const sparse: Stream<string | null, number | null>
interface Customer {
  readonly name: string
  readonly country: string | null
}
declare const customers: Table<string, Customer>
declare const countries: GlobalTable<string, { readonly continent: string }>

describe('grouping and aggregation', () => {
  it('infers keys and values', () => {
    expectTypeOf(keyless.groupByKey()).toEqualTypeOf<GroupedStream<string, TypedOrder>>()
    expectTypeOf(orders.groupBy((o) => o.amount)).toEqualTypeOf<GroupedStream<number, TypedOrder>>()
    expectTypeOf(orders.groupByKey().count({ name: 'n' })).toEqualTypeOf<Table<string, number, never>>()
    expectTypeOf(
      orders
        .groupByKey()
        .reduce((a, b) => (a.amount > b.amount ? a : b))
        .toStream(),
    ).toEqualTypeOf<Stream<string, TypedOrder>>()
    const totals = orders.groupByKey().aggregate(
      () => ({ total: 0 }),
      (acc, o, ctx) => {
        expectTypeOf(ctx.key).toEqualTypeOf<string>()
        return { total: acc.total + o.amount }
      },
    )
    expectTypeOf(totals).toEqualTypeOf<Table<string, { total: number }, never>>()
  })

  it('infers declared aggregators from what they look at', () => {
    const all = orders.groupByKey().aggregate({
      n: count(),
      total: sum((o) => o.amount),
      mean: avg((o) => o.amount),
      last: max((o) => o.status),
      top: topK(
        3,
        (o) => o.status,
        (o) => o.amount,
      ),
      product: aggregator({ initial: () => 1, add: (acc: number, o: TypedOrder) => acc * o.amount }),
    })
    expectTypeOf(all.toStream().map((a) => a.mean)).toEqualTypeOf<Stream<string, number>>()
    expectTypeOf(all.toStream().map((a) => a.top)).toEqualTypeOf<Stream<string, readonly TypedOrder['status'][]>>()
    expectTypeOf(all.toStream().map((a) => a.product)).toEqualTypeOf<Stream<string, number>>()
    const named = orders.groupByKey().aggregate({ total: sum((o) => o.amount) }, { name: 'named' })
    expectTypeOf(named.toStream().map((a) => a.total)).toEqualTypeOf<Stream<string, number>>()
    // @ts-expect-error no such field
    orders.groupByKey().aggregate({ total: sum((o) => o.amuont) })
  })

  it('wants keys that are there', () => {
    // @ts-expect-error a key that may be null
    orders.groupBy((o) => (o.amount > 1 ? 'x' : null))
  })
})

describe('windows', () => {
  it('want a grace, and tell whether results are final', () => {
    const hourly = orders.groupByKey().windowedBy(tumbling('1h', { grace: '10m', emit: 'final' }))
    expectTypeOf(hourly).toEqualTypeOf<WindowedStream<string, TypedOrder, 'time', true>>()
    expectTypeOf(hourly.count()).toEqualTypeOf<Table<Windowed<string, 'time'>, number, never>>()
    expectTypeOf(hourly.late).toEqualTypeOf<Stream<string, TypedOrder>>()
    orders
      .groupByKey()
      .windowedBy(hopping('10m', { advance: '1m', grace: '0s' }))
      .count()
    orders
      .groupByKey()
      .windowedBy(sliding('10m', { grace: '0s', idle: { closeAfter: '1m' } }))
      .count()
    // @ts-expect-error there is no grace
    tumbling('1h', {})
    // @ts-expect-error the size has no unit
    tumbling('60', { grace: '0s' })
    // @ts-expect-error there is no advance
    hopping('1h', { grace: '0s' })
  })

  it('of sessions can be deleted, and must be merged', () => {
    const sessions = orders.groupByKey().windowedBy(session('5m', { grace: '0s' }))
    expectTypeOf(sessions.count().toStream()).toEqualTypeOf<Stream<Windowed<string, 'session'>, number | null>>()
    sessions.aggregate(
      () => 0,
      (acc, o) => acc + o.amount,
      { merge: (a, b) => a + b },
    )
    const zero = (): number => 0
    const add = (acc: number, o: TypedOrder): number => acc + o.amount
    // @ts-expect-error sessions need `merge`
    sessions.aggregate(zero, add)
    const finals = orders.groupByKey().windowedBy(session('5m', { grace: '0s', emit: 'final' }))
    expectTypeOf(finals.count().toStream()).toEqualTypeOf<Stream<Windowed<string, 'session'>, number>>()
  })
})

describe('tables', () => {
  it('are read, made, changed and written', () => {
    pipeline('p', (p) => {
      const table = p.table(topic('c', { key: string(), value: json<Customer>() }), { versioned: { history: '1d' } })
      expectTypeOf(table).toEqualTypeOf<Table<string, Customer>>()
      expectTypeOf(table.toStream()).toEqualTypeOf<Stream<string, Customer | null>>()
      const restored = p.table(topic('c', { key: string(), value: json<Customer>() }), { changelog: 'source' })
      expectTypeOf(restored).toEqualTypeOf<Table<string, Customer>>()
      // @ts-expect-error a changelog is the table's own, or its source topic
      p.table(topic('c', { key: string(), value: json<Customer>() }), { changelog: 'none' })
      expectTypeOf(p.globalTable(topic('c', { key: string(), value: json<Customer>() }))).toEqualTypeOf<
        GlobalTable<string, Customer>
      >()
    })
    expectTypeOf(keyless.toTable()).toEqualTypeOf<Table<string, TypedOrder>>()
    expectTypeOf(customers.map((c) => c.country)).toEqualTypeOf<Table<string, string>>()
    const perCountry = customers.groupBy((c) => ({ key: c.country, value: 1 }))
    expectTypeOf(
      perCountry
        .reduce(
          (a, b) => a + b,
          (a, b) => a - b,
        )
        .map((n) => n),
    ).toEqualTypeOf<Table<string, number>>()
    // @ts-expect-error a topic of other values
    customers.to(topic('n', { key: string(), value: json<number>() }))
  })

  it('are joined', () => {
    const named = orders.join(customers, (o, c) => ({ amount: o.amount, name: c.name }))
    expectTypeOf(named).toEqualTypeOf<Stream<string, { amount: number; name: string }>>()
    expectTypeOf(orders.leftJoin(customers, (o, c) => c?.name ?? o.status)).toEqualTypeOf<Stream<string, string>>()
    expectTypeOf(
      orders.join(
        countries,
        (o) => o.status,
        (_, c) => c.continent,
      ),
    ).toEqualTypeOf<Stream<string, string>>()
    const pairs = orders.join(named, (a, b) => a.amount - b.amount, { within: '5m', grace: '0s' })
    expectTypeOf(pairs).toEqualTypeOf<Stream<string, number>>()
    orders.outerJoin(named, (a, b) => a?.amount ?? b?.amount, { within: { before: '5m', after: '0s' }, grace: '1m' })
    const inTime = { within: '5m', grace: '0s' } as const
    // Null values never join, records without a key only alone.
    expectTypeOf(sparse.join(pairs, (a, b) => a - b, inTime)).toEqualTypeOf<Stream<string, number>>()
    expectTypeOf(sparse.leftJoin(pairs, (a, b = 0) => a - b, inTime)).toEqualTypeOf<Stream<string | null, number>>()
    expectTypeOf(pairs.leftJoin(sparse, (a, b = 0) => a - b, inTime)).toEqualTypeOf<Stream<string, number>>()
    expectTypeOf(pairs.outerJoin(sparse, (a = 0, b = 0) => a - b, inTime)).toEqualTypeOf<
      Stream<string | null, number>
    >()
    // @ts-expect-error there is no grace
    orders.join(named, (a, b) => a.amount - b.amount, { within: '5m' })
    expectTypeOf(
      customers.joinOn(
        customers,
        (c) => c.country,
        (left, right) => ({ left: left.name, right: right.name }),
      ),
    ).toEqualTypeOf<Table<string, { left: string; right: string }>>()
  })
})
