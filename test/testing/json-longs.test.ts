/** Bigints in JSON, from topics to stores and back: the interpreted and the compiled form have the same, exactly. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Pipeline } from '../../dsl/index.js'
import type { GeneratedPipeline } from '../../runtime/abi/index.js'
import { testDriver } from '../../testing/index.js'
import { build } from '../compiler/support/compile-project.js'
import { booking, statements, totals, transfers } from './support/transfers.js'

const compiled = async (): Promise<GeneratedPipeline> => {
  const text = readFileSync(fileURLToPath(new URL('support/transfers.ts', import.meta.url)), 'utf8')
  return (await build({ 'pipeline.ts': text.replace('../../../dsl/index.js', 'millrace') })).pipeline
}

const forms: readonly (readonly [string, () => Promise<Pipeline | GeneratedPipeline>])[] = [
  ['interpreted', () => Promise.resolve(booking)],
  ['compiled', compiled],
]

const account = 9_007_199_254_740_993n
const much = 9_223_372_036_854_775_000n

describe.each(forms)('bigints in JSON, %s', (_, form) => {
  it('are exact in keys, values, lists and stores', async () => {
    using driver = testDriver(await form(), { partitions: 3 })
    driver.input(transfers).sendAll([
      { key: { id: 1n }, value: { account, cents: much, rate: 5 } },
      { key: { id: 2n }, value: { account, cents: 7n, rate: 1.5 } },
      { key: { id: 3n }, value: { account: 1n, cents: 1n, rate: 1 } },
    ])
    const written = driver.output(statements).readAll()
    expect(written.map(({ key, value }) => [key, value])).toEqual([
      [account, { cents: [much], total: much }],
      [account, { cents: [much, 7n], total: much + 7n }],
      [1n, { cents: [1n], total: 1n }],
    ])
    const sums = driver.output(totals).readAll()
    expect(sums.map(({ key, value }) => [key, value])).toEqual([
      [account, much],
      [account, much + 7n],
      [1n, 1n],
    ])
    expect(driver.store('sums').get(account)).toBe(much + 7n)
    expect(driver.store('book-last').get(account)).toEqual({ account, cents: 7n, rate: 1.5 })
    expect(driver.store('book-past').rows()).toEqual([
      { key: 1n, value: [1n] },
      { key: account, value: [much, 7n] },
    ])
  })
})

it('are read from the bytes of others in compiled code', async () => {
  using driver = testDriver(await compiled())
  const value = Buffer.from(`{ "rate": 2, "cents": ${much}, "account": ${account} }`)
  driver.input(transfers).sendRaw({ key: Buffer.from('{"id":1}'), value })
  expect(driver.output(totals).readAll()).toMatchObject([{ key: account, value: much }])
})
