import { describe, expectTypeOf, it } from 'vitest'
import { json, nullable, pipeline, string, topic } from '../../dsl/index.js'
import { testDriver, type TestRecord } from '../../testing/index.js'

interface Order {
  readonly id: string
  readonly amount: number
}

const orders = topic('orders', { key: nullable(string()), value: json<Order>() })
const driver = testDriver(pipeline('p', () => undefined))

describe('testDriver', () => {
  it('types what is sent by the topic', () => {
    const input = driver.input(orders)
    input.send({ key: 'a', value: { id: 'a', amount: 1 }, timestamp: new Date(0), headers: { h: 'x' } })
    input.send({ value: { id: 'a', amount: 1 }, headers: [['h', 'x']] })
    // @ts-expect-error the amount is missing
    input.send({ key: 'a', value: { id: 'a' } })
    // @ts-expect-error keys are strings
    input.send({ key: 1, value: { id: 'a', amount: 1 } })
  })

  it('types what is read by the topic', () => {
    expectTypeOf(driver.output(orders).read()).toEqualTypeOf<TestRecord<string | null, Order> | undefined>()
    expectTypeOf(driver.output(orders).readValues()).toEqualTypeOf<Order[]>()
  })
})
