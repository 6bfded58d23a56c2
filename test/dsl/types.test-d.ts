import { describe, expectTypeOf, it } from 'vitest'
import { double, float, int, long, uuid, type Decimal, type Int, type Long, type Uuid } from '../../dsl/types.js'
import { defineConfig, type MillraceConfig } from '../../dsl/config.js'

describe('flavours', () => {
  it('take plain values, and are plain values', () => {
    const whole: Int = 3
    const id: Uuid = 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'
    expectTypeOf(whole).toExtend<number>()
    expectTypeOf(id).toExtend<string>()
    expectTypeOf(whole + 1).toEqualTypeOf<number>()
    const decimal: Decimal = { unscaled: 1n, scale: 2 }
    void decimal
  })

  it('are told apart', () => {
    expectTypeOf<Int>().not.toExtend<Long>()
    // @ts-expect-error a long is no int
    const wrong: Int = long(1)
    void wrong
  })

  it('are named by helpers', () => {
    expectTypeOf(int(1 + 1)).toEqualTypeOf<Int>()
    expectTypeOf(long(1)).toEqualTypeOf<Long>()
    expectTypeOf(uuid('x')).toEqualTypeOf<Uuid>()
    void [double(1), float(1)]
  })
})

describe('defineConfig', () => {
  it('takes an object, a promise or a function', () => {
    const config: MillraceConfig = { registry: { url: undefined }, kafka: { brokers: ['a:1'], ssl: true }, http: false }
    defineConfig(config)
    defineConfig(Promise.resolve(config))
    defineConfig(() => config)
    defineConfig(async () => config)
    // @ts-expect-error no such setting
    defineConfig({ brokers: ['a:1'] })
    // @ts-expect-error basic or bearer
    defineConfig({ registry: { auth: { user: 'x' } } })
  })
})
