/** A table that is restored from its topic, through crashes and restarts of a test driver. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { testDriver } from '../../testing/index.js'
import { build } from '../compiler/support/compile-project.js'
import { byCountry, customers, perCountry } from './support/customers.js'

const compiled = async () => {
  const text = readFileSync(fileURLToPath(new URL('support/customers.ts', import.meta.url)), 'utf8')
  const { pipeline } = await build({ 'pipeline.ts': text.replace('../../../dsl/index.js', 'millrace') })
  return pipeline
}

it.each([
  ['interpreted', () => Promise.resolve(byCountry)],
  ['compiled', compiled],
] as const)('has the rows that are committed, and no others: %s', async (_, form) => {
  using driver = testDriver(await form(), { partitions: 3, commits: 'manual' })
  const input = driver.input(customers)
  const sendAll = (rows: Readonly<Record<string, string | null>>): void => {
    input.sendAll(Object.entries(rows).map(([key, value]) => ({ key, value })))
  }
  const counts = () =>
    Object.fromEntries(
      driver
        .output(perCountry)
        .readAll()
        .map(({ key, value }) => [key, value]),
    )
  sendAll({ a: 'fr', b: 'fr', c: 'it', d: 'it' })
  driver.commit()
  sendAll({ a: 'it', b: null })
  // What was sent is processed again: with rows of now as those of before, nothing would leave its group.
  driver.crash()
  driver.commit()
  expect(counts()).toEqual({ fr: 0, it: 3 })
  driver.restart()
  expect(driver.store('customers').rows()).toEqual([
    { key: 'a', value: 'it' },
    { key: 'c', value: 'it' },
    { key: 'd', value: 'it' },
  ])
  sendAll({ c: 'fr', a: null })
  driver.commit()
  expect(counts()).toEqual({ fr: 1, it: 1 })
})
