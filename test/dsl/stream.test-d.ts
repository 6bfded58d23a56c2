import { describe, expectTypeOf, it } from 'vitest'
import {
  deadLetter,
  int32,
  json,
  otherwise,
  pipeline,
  string,
  topic,
  type RecordContext,
  type Sink,
  type Stream,
} from '../../dsl/index.js'
import type { TypedOrder } from './subjects.js'

declare const orders: Stream<string, TypedOrder>
declare const promise: Promise<number>
type Paid = TypedOrder & { readonly status: 'PAID' }

describe('pipeline', () => {
  it('reads typed streams', () => {
    pipeline('p', (p) => {
      expectTypeOf(p.stream(topic('typed-orders'))).toEqualTypeOf<Stream<string | null, TypedOrder>>()
      expectTypeOf(p.stream(topic('n', { key: int32(), value: string() }))).toEqualTypeOf<Stream<number, string>>()
    })
    pipeline('p', { id: 'app', onError: deadLetter('dead') }, () => undefined)
    // @ts-expect-error no such policy
    pipeline('p', { onError: 'retry' }, () => undefined)
  })
})

describe('operators infer', () => {
  it('filter narrows by type guards', () => {
    expectTypeOf(orders.filter((o) => o.amount > 1)).toEqualTypeOf<Stream<string, TypedOrder>>()
    expectTypeOf(orders.filter((o): o is Paid => o.status === 'PAID')).toEqualTypeOf<Stream<string, Paid>>()
    const names = orders.map((o) => o.coupon)
    expectTypeOf(names.filter((c) => c !== null)).toEqualTypeOf<Stream<string, string>>()
    expectTypeOf(names.filterNot((c) => c === null)).toEqualTypeOf<Stream<string, string>>()
    orders.filter((o, ctx) => {
      expectTypeOf(ctx).toEqualTypeOf<RecordContext<string>>()
      return o.amount > ctx.timestamp
    })
  })

  it('map, mapRecord, flatMap, selectKey', () => {
    expectTypeOf(orders.map((o) => ({ id: o.id, n: 1 }))).toEqualTypeOf<Stream<string, { id: string; n: number }>>()
    expectTypeOf(orders.map((o) => (o.amount > 1 ? o.id : null))).toEqualTypeOf<Stream<string, string | null>>()
    expectTypeOf(orders.mapRecord((o) => ({ key: o.amount, value: o.id }))).toEqualTypeOf<Stream<number, string>>()
    expectTypeOf(orders.flatMap((o) => [o.id, 1])).toEqualTypeOf<Stream<string, string | number>>()
    expectTypeOf(orders.flatMap((o) => new Set([o.amount]))).toEqualTypeOf<Stream<string, number>>()
    expectTypeOf(orders.selectKey((o) => o.amount)).toEqualTypeOf<Stream<number, TypedOrder>>()
    orders.selectKey((o) => o.amount).peek((_, ctx) => expectTypeOf(ctx.key).toEqualTypeOf<number>())
  })

  it('merge and split', () => {
    const ids = orders.mapRecord((o) => ({ key: 1, value: o.id }))
    expectTypeOf(orders.merge(ids)).toEqualTypeOf<Stream<string | number, TypedOrder | string>>()
    const branches = orders.split({
      paid: (o): o is Paid => o.status === 'PAID',
      big: (o, ctx) => o.amount > 100 && ctx.key !== '',
      rest: otherwise,
    })
    expectTypeOf(branches.paid).toEqualTypeOf<Stream<string, Paid>>()
    expectTypeOf(branches.big).toEqualTypeOf<Stream<string, TypedOrder>>()
    expectTypeOf(branches.rest).toEqualTypeOf<Stream<string, TypedOrder>>()
    // @ts-expect-error no such branch
    void branches.small
    // @ts-expect-error amout is no field
    orders.split({ big: (o) => o.amout > 1 })
  })

  it('generic helpers', () => {
    const tagged = <K, T extends object>(s: Stream<K, T>): Stream<K, T & { tag: string }> =>
      s.filter((v) => 'x' in v).map((v) => ({ ...v, tag: 'a' }))
    expectTypeOf(tagged(orders)).toEqualTypeOf<Stream<string, TypedOrder & { tag: string }>>()
    const mapped = <K, T, U>(s: Stream<K, T>, f: (value: T) => U): Stream<K, U> => s.map(f).map((u) => u)
    expectTypeOf(mapped(orders, (o) => o.amount)).toEqualTypeOf<Stream<string, number>>()
    const write = <T>(s: Stream<string, T>, sink: Sink<string, T>): void => s.to(sink)
    write(orders, topic('typed-orders'))
    const rekeyed = <T extends { id: string }>(s: Stream<number, T>): Stream<string, T> => s.selectKey((v) => v.id)
    expectTypeOf(rekeyed(orders.selectKey(() => 1))).toEqualTypeOf<Stream<string, TypedOrder>>()
  })

  it('streams are covariant', () => {
    expectTypeOf(orders).toExtend<Stream<string, { readonly id: string }>>()
    expectTypeOf(orders).not.toExtend<Stream<string, { readonly id: number }>>()
    expectTypeOf(orders).not.toExtend<Stream<number, TypedOrder>>()
  })
})

describe('sinks', () => {
  it('take what fits', () => {
    orders.to(topic('typed-orders'))
    orders.filter((o): o is Paid => o.status === 'PAID').to(topic('typed-orders'), { headers: (o) => ({ id: o.id }) })
    orders.map((o) => (o.amount > 1 ? o : null)).to(topic('typed-orders'))
    orders.to((o, ctx) => `${o.id}-${ctx.partition}`, { like: topic('typed-orders'), timestamp: (o) => o.amount })
    orders.to(topic('wide', { value: json<{ id: string }>() }))
  })

  it('refuse what does not', () => {
    // @ts-expect-error an order is no customer
    orders.to(topic('typed-customers'))
    // @ts-expect-error the key became a number
    orders.selectKey((o) => o.amount).to(topic('typed-orders'))
    // @ts-expect-error the chosen topics need serdes
    orders.to((o) => o.id)
    // @ts-expect-error a topic is chosen by its name
    orders.to((o) => o.amount, { like: topic('typed-orders') })
    // @ts-expect-error any could be anything
    orders.map((o) => JSON.parse(o.id)).to(topic('typed-customers'))
    // @ts-expect-error any could be anything, also a string
    orders.map((o) => JSON.parse(o.id)).to(topic('s', { value: string() }))
    // @ts-expect-error unknown is not known
    orders.map((): unknown => 1).to(topic('s', { value: string() }))
  })
})

describe('intended errors', () => {
  it('promises', () => {
    // @ts-expect-error a promise is not a boolean
    orders.filter(async (o) => o.amount > 1)
    // @ts-expect-error nothing can be done with the result of an asynchronous map
    orders.map(async (o) => o).to(topic('typed-orders'))
    // @ts-expect-error nor with one that returns a promise
    orders.map(() => promise).print()
    // @ts-expect-error an asynchronous key
    orders.selectKey(async (o) => o.id).print()
    // @ts-expect-error a promise is no record
    orders.mapRecord(async (o) => ({ key: o.id, value: o }))
    // @ts-expect-error a promise is not iterable
    orders.flatMap(async (o) => [o])
    // @ts-expect-error nobody would wait
    orders.forEach(async () => undefined)
    // @ts-expect-error nobody would wait
    orders.peek(async () => undefined)
  })

  it('unknown fields, readonly inputs, names', () => {
    // @ts-expect-error amout is no field
    orders.filter((o) => o.amout > 1)
    orders.forEach((o) => {
      // @ts-expect-error inputs are not changed
      o.amount = 1
    })
    // @ts-expect-error no such option
    orders.map((o) => o.id, { onFailure: 'skip' })
    // @ts-expect-error partitions are a number
    orders.repartition({ partitions: '3' })
  })
})
