/** Windows that close when no input comes: time of the wall, moved by the test. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { GeneratedPipeline } from '../../runtime/abi/index.js'
import { testDriver } from '../../testing/index.js'
import { build } from '../compiler/support/compile-project.js'
import { counts, idle, late, words } from './support/idle-pipeline.js'

let built: Promise<GeneratedPipeline> | undefined
const compiled = (): Promise<GeneratedPipeline> => {
  const text = readFileSync(fileURLToPath(new URL('support/idle-pipeline.ts', import.meta.url)), 'utf8')
  built ??= build({ 'pipeline.ts': text.replace('../../../dsl/index.js', 'millrace') }).then(({ pipeline }) => pipeline)
  return built
}

describe.each([
  ['interpreted', () => Promise.resolve(idle)],
  ['compiled', compiled],
])('advanceWallClock, %s', (_, formOf) => {
  const open = async () => {
    const driver = testDriver(await formOf(), { commits: 'manual', guarantee: 'at_least_once' })
    const results = (): (readonly [string, number])[] =>
      driver
        .output(counts)
        .readAll()
        .map(({ key, value }) => [key, value])
    return Object.assign(driver, { results })
  }

  it('closes windows of a partition that is idle, once; what comes later for them is late', async () => {
    using driver = await open()
    driver.input(words).sendAll([
      { key: 'a', value: 'x', timestamp: 0 },
      { key: 'b', value: 'y', timestamp: 59_000 },
    ])
    driver.advanceWallClock(4999)
    expect(driver.results()).toEqual([])
    driver.advanceWallClock(1)
    expect(driver.results()).toEqual([
      ['a@0', 1],
      ['b@0', 1],
    ])
    driver.advanceWallClock(60_000)
    expect(driver.results()).toEqual([])
    driver.input(words).sendAll([
      { key: 'a', value: 'late', timestamp: 1 },
      { key: 'a', value: 'z', timestamp: 60_000 },
    ])
    driver.advanceWallClock(5000)
    expect(driver.results()).toEqual([['a@60000', 1]])
    expect(driver.output(late).readValues()).toEqual(['late'])
  })

  it('closes what was open when the process began, too', async () => {
    using driver = await open()
    driver.input(words).send({ key: 'a', value: 'x', timestamp: 0 })
    driver.commit()
    driver.restart()
    driver.advanceWallClock(5000)
    expect(driver.results()).toEqual([['a@0', 1]])
  })

  it('begins anew with each record, and a crash takes back what was not committed', async () => {
    using driver = await open()
    driver.input(words).send({ key: 'a', value: 'x', timestamp: 0 })
    driver.advanceWallClock(4000)
    driver.input(words).send({ key: 'a', value: 'x', timestamp: 1 })
    driver.advanceWallClock(4000)
    expect(driver.results()).toEqual([])
    driver.commit()
    driver.advanceWallClock(1000)
    expect(driver.results()).toEqual([['a@0', 2]])
    driver.crash()
    driver.input(words).send({ key: 'a', value: 'x', timestamp: 2 })
    driver.advanceWallClock(5000)
    expect(driver.results()).toEqual([['a@0', 3]])
    expect(() => {
      driver.advanceWallClock(-1)
    }).toThrow('does not go back')
  })
})
