import { describe, expectTypeOf, it } from 'vitest'
import {
  avro,
  bytes,
  int64,
  json,
  nullable,
  string,
  topic,
  type Serde,
  type Sink,
  type Source,
  type Topic,
  type TopicName,
} from '../../dsl/index.js'
import type { TypedCustomer, TypedOrder } from './subjects.js'

describe('topic', () => {
  it('takes its types from the schema lock', () => {
    expectTypeOf(topic('typed-orders')).toEqualTypeOf<Topic<string | null, TypedOrder>>()
    expectTypeOf(topic('typed-orders', { timestamp: (o) => o.createdAt })).toEqualTypeOf<
      Topic<string | null, TypedOrder>
    >()
    expectTypeOf(topic('typed-clicks')).toEqualTypeOf<
      Topic<bigint, { readonly page: string; readonly product: string | null }>
    >()
    expectTypeOf<'typed-orders' | 'typed-customers' | 'typed-clicks'>().toExtend<TopicName>()
  })

  it('takes serdes', () => {
    expectTypeOf(topic('a', { key: int64(), value: json<{ n: number }>() })).toEqualTypeOf<
      Topic<bigint, { n: number }>
    >()
    expectTypeOf(topic('a', { value: string() })).toEqualTypeOf<Topic<string | null, string>>()
    expectTypeOf(topic('typed-clicks', { value: string() })).toEqualTypeOf<Topic<bigint, string>>()
    expectTypeOf(topic('typed-orders', { key: nullable(bytes()) })).toEqualTypeOf<
      Topic<Uint8Array | null, TypedOrder>
    >()
    topic('a', { value: avro<TypedOrder>(), timestamp: (o) => o.createdAt.getTime() })
  })

  it('avro takes its type from a subject', () => {
    expectTypeOf(avro({ subject: 'typed-customers-value' })).toEqualTypeOf<Serde<TypedCustomer>>()
    expectTypeOf(avro<number>({ subject: 'elsewhere' })).toEqualTypeOf<Serde<number>>()
  })

  it('refuses what is not in the lock', () => {
    // @ts-expect-error no such subject, and no serde given
    topic('typo')
    // @ts-expect-error the value's subject is not there, a key serde alone is not enough
    topic('typo', { key: string() })
    // @ts-expect-error amout is no field
    topic('typed-orders', { timestamp: (o) => o.amout })
    // @ts-expect-error neither a number nor a Date
    topic('typed-orders', { timestamp: (o) => o.id })
  })

  it('is covariant where it is read, contravariant where it is written', () => {
    const orders = topic('typed-orders')
    expectTypeOf(orders).toExtend<Source<string | null, { readonly id: string }>>()
    expectTypeOf(orders).not.toExtend<Sink<string, { readonly id: string }>>()
    expectTypeOf(orders).toExtend<Sink<string, TypedOrder & { readonly extra: 1 }>>()
    // @ts-expect-error a serde of strings does not carry numbers
    const wrong: Serde<string | number> = string()
    void wrong
  })
})
