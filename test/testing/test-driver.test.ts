import { describe, expect, it } from 'vitest'
import {
  bytes,
  deadLetter,
  int64,
  json,
  nullable,
  otherwise,
  pipeline,
  string,
  topic,
  type Pipeline,
} from '../../dsl/index.js'
import { RecordFailedError, testDriver } from '../../testing/index.js'

interface Order {
  readonly id: string
  readonly customer: string
  readonly amount: number
}

const orders = topic('orders', { key: string(), value: json<Order>() })
const big = topic('big', { key: string(), value: json<Order>() })
const small = topic('small', { key: string(), value: json<Order>() })
const byCustomer = topic('by-customer', { key: string(), value: json<{ id: string; partition: number }>() })
const dead = topic('dead', { key: nullable(bytes()), value: nullable(bytes()) })

const routing = pipeline('routing', { onError: deadLetter(dead) }, (p) => {
  const stream = p.stream(orders).filter((o) => o.amount !== 0)
  const branches = stream.split({ big: (o) => o.amount > 100, small: otherwise })
  branches.big.to(big, { headers: (_, ctx) => ({ origin: ctx.topic }) })
  branches.small
    .peek((o) => {
      if (o.amount < 0) throw new RangeError('negative amount')
    })
    .to(small)
  stream
    .selectKey((o) => o.customer)
    .repartition({ name: 'by-customer' })
    .map((o, ctx) => ({ id: o.id, partition: ctx.partition }))
    .to(byCustomer)
})

const order = (id: string, customer: string, amount: number) => ({ key: id, value: { id, customer, amount } })

describe('testDriver, interpreted', () => {
  it('routes by the first branch that matches', () => {
    using driver = testDriver(routing)
    driver.input(orders).sendAll([order('a', 'x', 500), order('b', 'x', 5), order('c', 'y', 0)])
    expect(driver.output(big).readAll()).toEqual([
      {
        ...order('a', 'x', 500),
        timestamp: 0,
        headers: [['origin', 'orders']],
        topic: 'big',
        partition: 0,
        offset: 0n,
      },
    ])
    expect(driver.output(small).readValues()).toEqual([order('b', 'x', 5).value])
  })

  it('sends to `otherwise` what no other branch takes, wherever it is written', () => {
    const rest = pipeline('rest', (p) => {
      const branches = p.stream(orders).split({ others: otherwise, big: (o) => o.amount > 100 })
      branches.big.to(big)
      branches.others.to(small)
    })
    using driver = testDriver(rest)
    driver.input(orders).sendAll([order('a', 'x', 500), order('b', 'x', 5)])
    expect(driver.output(big).size).toBe(1)
    expect(driver.output(small).size).toBe(1)
  })

  it('moves records to the partition of their new key', () => {
    using driver = testDriver(routing, { partitions: 4 })
    const customers = ['x', 'y', 'z', 'u', 'v', 'w']
    driver.input(orders).sendAll(customers.flatMap((c) => [order(`1${c}`, c, 1), order(`2${c}`, c, 1)]))
    const records = driver.output(byCustomer).readAll()
    expect(records).toHaveLength(12)
    for (const customer of customers) {
      expect(new Set(records.filter(({ key }) => key === customer).map((r) => r.value.partition)).size).toBe(1)
    }
    expect(new Set(records.map((r) => r.value.partition)).size).toBeGreaterThan(1)
  })

  it('takes back what a failing record wrote, and keeps its bytes as a dead letter', () => {
    using driver = testDriver(routing)
    driver.input(orders).send({ ...order('a', 'x', -1), headers: { trace: 't1' } })
    expect(driver.output(small).size).toBe(0)
    expect(driver.output(byCustomer).size).toBe(0)
    const letter = driver.output(dead).read()
    expect(Buffer.from(letter?.value ?? []).toString()).toBe('{"amount":-1,"customer":"x","id":"a"}')
    expect(letter?.headers.filter(([name]) => !name.endsWith('stacktrace'))).toEqual([
      ['trace', 't1'],
      ['__streams.errors.exception', 'RangeError'],
      ['__streams.errors.message', 'negative amount'],
      ['__streams.errors.topic', 'orders'],
      ['__streams.errors.partition', '0'],
      ['__streams.errors.offset', '0'],
    ])
  })

  it('keeps bytes that no serde can read as dead letters', () => {
    using driver = testDriver(routing)
    driver.input(orders).sendRaw({ key: Buffer.from('k'), value: Buffer.from('{"id":') })
    driver.input(orders).sendRaw({ key: Buffer.from([0xff]), value: Buffer.from('{}') })
    driver.input(orders).sendRaw({ key: null, value: null })
    expect(driver.output(dead).size).toBe(3)
  })

  it('stops at a failing record when the policy is to fail', () => {
    const strict: Pipeline = pipeline('strict', (p) => {
      p.stream(orders)
        .map((o) => o.customer.at(0)?.repeat(o.amount) ?? '')
        .to(topic('out', { key: string(), value: string() }))
    })
    using driver = testDriver(strict)
    const send = () => {
      driver.input(orders).send(order('a', 'x', -1))
    }
    expect(send).toThrow(RecordFailedError)
    expect(send).toThrow('the pipeline has stopped')
  })

  it('skips and counts when the policy of the operator says so', () => {
    const lenient = pipeline('lenient', (p) => {
      p.stream(orders)
        .map((o) => o.customer.repeat(o.amount), { onError: 'skip' })
        .to(topic('out', { key: string(), value: string() }))
    })
    using driver = testDriver(lenient)
    driver.input(orders).sendAll([order('a', 'x', -1), order('b', 'y', 2)])
    expect(driver.output(topic('out', { key: string(), value: string() })).readValues()).toEqual(['yy'])
    expect(driver.dropped).toBe(1)
  })

  it('passes bigint keys and tombstones', () => {
    const longs = topic('longs', { key: nullable(int64()), value: nullable(string()) })
    const copy = topic('copy', { key: nullable(int64()), value: nullable(string()) })
    using driver = testDriver(
      pipeline('copy', (p) => {
        p.stream(longs).to(copy)
      }),
    )
    driver.input(longs).sendAll([{ key: -1n, value: 'a' }, { key: 2n ** 62n, value: null }, { value: 'b' }])
    expect(
      driver
        .output(copy)
        .readAll()
        .map(({ key, value }) => [key, value]),
    ).toEqual([
      [-1n, 'a'],
      [2n ** 62n, null],
      [null, 'b'],
    ])
  })

  it('refuses topics that the pipeline does not read, and partitions that do not exist', () => {
    using driver = testDriver(routing)
    expect(() => driver.input(big)).toThrow('reads no topic big; it reads orders')
    expect(() => {
      driver.input(orders).send({ ...order('a', 'x', 1), partition: 1 })
    }).toThrow('no partition 1')
  })
})
