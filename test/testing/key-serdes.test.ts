/** Keys that operators make are written as the author says: the same order and the same partitions in both forms. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { pipeline, type Pipeline } from '../../dsl/index.js'
import { partitionFor } from '../../compiler/interpret/index.js'
import type { GeneratedPipeline } from '../../runtime/abi/index.js'
import { testDriver } from '../../testing/index.js'
import { build } from '../compiler/support/compile-project.js'
import { byLong, byNumber, byText, sales, shops } from './support/by-number.js'

const compiled = async (): Promise<GeneratedPipeline> => {
  const text = readFileSync(fileURLToPath(new URL('support/by-number.ts', import.meta.url)), 'utf8')
  return (await build({ 'pipeline.ts': text.replace('../../../dsl/index.js', 'millrace') })).pipeline
}

const forms: readonly (readonly [string, () => Promise<Pipeline | GeneratedPipeline>])[] = [
  ['interpreted', () => Promise.resolve(shops)],
  ['compiled', compiled],
]

describe.each(forms)('keys of groups, %s', (_, form) => {
  it('are in the order of the bytes of their serde', async () => {
    using driver = testDriver(await form())
    const input = driver.input(sales)
    for (const shop of [10, -1, 2, -20]) input.send({ key: 'k', value: { shop, amount: 1 }, timestamp: 0 })
    input.send({ key: 'k', value: { shop: 0, amount: 1 }, timestamp: 3_600_000 })
    const keys = (records: readonly { readonly key: unknown }[]) => records.map(({ key }) => key)
    expect(keys(driver.output(byText).readAll())).toEqual([-1, -20, 10, 2])
    expect(keys(driver.output(byNumber).readAll())).toEqual([2, 10, -20, -1])
    expect(keys(driver.output(byLong).readAll())).toEqual([2n, 10n, -20n, -1n])
  })

  it('are in the partitions of those bytes', async () => {
    using driver = testDriver(await form(), { partitions: 5 })
    const shopsSold = Array.from({ length: 30 }, (__, shop) => shop)
    for (const shop of shopsSold) driver.input(sales).send({ key: 'k', value: { shop, amount: 1 }, timestamp: 0 })
    // In each partition of the groups, one shop goes on to the next hour and closes the windows of all that are with it.
    const closedBy = (shop: number): readonly number[] => {
      driver.input(sales).send({ key: 'k', value: { shop, amount: 1 }, timestamp: 3_600_000 })
      return driver
        .output(byNumber)
        .readAll()
        .map(({ key }) => key)
    }
    const partition = (shop: number): number => {
      const bytes = Buffer.alloc(4)
      bytes.writeInt32BE(shop)
      return partitionFor(bytes, 5)
    }
    expect(closedBy(0)).toEqual(shopsSold.filter((shop) => partition(shop) === partition(0)))
  })
})

it('refuses what is no serde', () => {
  const wrong = pipeline('wrong', (p) => {
    p.stream(sales)
      .groupByKey()
      .count()
      .toStream()
      .selectKey(() => 1, { key: 'int32' as never })
  })
  expect(() => testDriver(wrong)).toThrow('`key` of `selectKey` is no serde')
})

it('pins them in the manifest', async () => {
  const { manifest } = await compiled()
  const kinds = manifest.stores.map(({ name, contents }) => [name, contents?.key.kind])
  expect(Object.fromEntries(kinds)).toMatchObject({ texts: 'json', numbers: 'int32', 'long-counts': 'int64' })
})
