/** Avro topics and Avro state: values go in and come out as the pipeline's types say, in both forms. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { testDriver, type TestDriver } from '../../testing/index.js'
import { build } from '../compiler/support/compile-project.js'
import { orders, totals, totalling, type Total } from './support/totals.js'

const compiled = async () => {
  const text = readFileSync(fileURLToPath(new URL('support/totals.ts', import.meta.url)), 'utf8')
  const { pipeline } = await build({ 'pipeline.ts': text.replace('../../../dsl/index.js', 'millrace') })
  return pipeline
}

const at = new Date('2024-05-01T12:00:00Z')

const results = (driver: TestDriver) => {
  driver.input(orders).sendAll([
    { key: 'a', value: { amount: 2.5, at, note: null } },
    { key: 'a', value: { amount: 1, at, note: 'second' } },
  ])
  driver.restart()
  driver.input(orders).send({ key: 'a', value: { amount: 4, at, note: null } })
  return {
    written: driver.output(totals).readValues(),
    row: driver.store<string, Total>('totals').get('a'),
  }
}

it('gives the same values interpreted and compiled', async () => {
  using interpreted = testDriver(totalling)
  const expected = results(interpreted)
  expect(expected.row).toEqual({ sum: 7.5, last: at, notes: ['second'] })
  expect(expected.written).toHaveLength(3)
  using driver = testDriver(await compiled())
  expect(results(driver)).toEqual(expected)
})
