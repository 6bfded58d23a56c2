/** Stores of declared aggregates show results, interpreted and compiled, whatever is kept for them. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Pipeline } from '../../dsl/index.js'
import type { GeneratedPipeline } from '../../runtime/abi/index.js'
import { testDriver } from '../../testing/index.js'
import { build } from '../compiler/support/compile-project.js'
import { measured, measures } from './support/measures.js'

let built: Promise<GeneratedPipeline> | undefined
const compiled = (): Promise<GeneratedPipeline> => {
  const text = readFileSync(fileURLToPath(new URL('support/measures.ts', import.meta.url)), 'utf8')
  built ??= build({ 'pipeline.ts': text.replace('../../../dsl/index.js', 'millrace') }).then(({ pipeline }) => pipeline)
  return built
}

const open = (form: Pipeline | GeneratedPipeline) => {
  const driver = testDriver(form)
  const send = (key: string, sensor: string, level: number, timestamp: number, note: string | null = null): void => {
    driver.input(measures).send({ key, value: { sensor, level, note }, timestamp })
  }
  send('a', 'x', 1.5, 1000)
  send('a', 'y', 4, 2000, 'high')
  send('a', 'x', -2, 3000)
  send('b', 'z', 7, 50_000, 'only')
  driver.restart()
  send('a', 'w', 3, 70_000, 'behind a restart')
  return driver
}

describe.each([
  ['interpreted', () => Promise.resolve(measured)],
  ['compiled', compiled],
])('stores of declared aggregates, %s', (_, form) => {
  it('hold results', async () => {
    using driver = open(await form())
    expect(driver.store('numbers').rows()).toEqual([
      { key: 'a', value: { n: 4, mean: 1.625, total: 6.5 } },
      { key: 'b', value: { n: 1, mean: 7, total: 7 } },
    ])
    expect(driver.store('all').rows()[0]).toEqual({
      key: { key: 'a', start: 0, end: 60_000 },
      value: {
        n: 3,
        mean: 3.5 / 3,
        total: 3.5,
        least: -2,
        most: 'y',
        one: null,
        newest: null,
        few: [4, -2],
        sensors: 2,
        best: ['y', 'x'],
        spread: { least: -2, greatest: 4 },
      },
    })
    expect(driver.store('all').size).toBe(3)
    // A result that is a function of the author.
    expect(driver.store('own').get('a')).toEqual({ widest: '±4' })
    expect(driver.store('sessions').rows()).toEqual([
      { key: { key: 'a', start: 1000, end: 3000 }, value: { n: 3, sensors: 2 } },
      { key: { key: 'b', start: 50_000, end: 50_000 }, value: { n: 1, sensors: 1 } },
      { key: { key: 'a', start: 70_000, end: 70_000 }, value: { n: 1, sensors: 1 } },
    ])
  })
})
