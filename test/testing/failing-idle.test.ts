/** A result that fails when windows close without input: there is no record that could be skipped. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { testDriver } from '../../testing/index.js'
import { build } from '../compiler/support/compile-project.js'
import { counts, failingIdle, words } from './support/failing-idle-pipeline.js'

it.each(['interpreted', 'compiled'])('a closing that fails is skipped by policy, and no other, %s', async (form) => {
  const text = readFileSync(fileURLToPath(new URL('support/failing-idle-pipeline.ts', import.meta.url)), 'utf8')
  const files = { 'pipeline.ts': text.replace('../../../dsl/index.js', 'millrace') }
  using driver = testDriver(form === 'compiled' ? (await build(files)).pipeline : failingIdle)
  driver.input(words).send({ key: 'a', value: 'x', timestamp: 0 })
  driver.advanceWallClock(5000)
  expect(driver.output(counts).size).toBe(0)
  expect(driver.dropped).toBe(1)
  driver.input(words).send({ key: 'a', value: 'x', timestamp: 1 })
  driver.advanceWallClock(5000)
  expect(driver.output(counts).readValues()).toEqual([2])
})
