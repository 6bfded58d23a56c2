/** Stores, commits, restarts and crashes of a test driver: the interpreted and the compiled form behave the same. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Pipeline } from '../../dsl/index.js'
import type { GeneratedPipeline } from '../../runtime/abi/index.js'
import { RecordFailedError, testDriver, type TestDriverOptions } from '../../testing/index.js'
import { build } from '../compiler/support/compile-project.js'
import { counting, lastPages, visitors, visits, type Visit } from './support/visits.js'

interface Windowed {
  readonly key: string
  readonly start: number
  readonly end: number
}

let built: Promise<GeneratedPipeline> | undefined
const compiled = (): Promise<GeneratedPipeline> => {
  const text = readFileSync(fileURLToPath(new URL('support/visits.ts', import.meta.url)), 'utf8')
  built ??= build({ 'pipeline.ts': text.replace('../../../dsl/index.js', 'millrace') }).then(({ pipeline }) => pipeline)
  return built
}

const forms: readonly (readonly [string, () => Promise<Pipeline | GeneratedPipeline>])[] = [
  ['interpreted', () => Promise.resolve(counting)],
  ['compiled', compiled],
]

const visit = (visitor: string, page = '/', timestamp = 0) => ({ key: visitor, value: { visitor, page }, timestamp })

describe.each(forms)('testDriver, %s', (_, form) => {
  const open = async (options: TestDriverOptions = {}) => {
    const driver = testDriver(await form(), { partitions: 3, ...options })
    const counts = () =>
      driver
        .output(visitors)
        .readAll()
        .map(({ key, value }) => `${key}=${value}`)
        .sort()
    return Object.assign(driver, { counts })
  }

  it('shows what its stores hold, over all partitions', async () => {
    using driver = await open()
    const hour = 3_600_000
    driver
      .input(visits)
      .sendAll([visit('a', '/x'), visit('b', '/y', hour), visit('a', '/x', hour + 1), visit('c', '/x', hour)])
    const perVisitor = driver.store<string, number>('per-visitor')
    expect(perVisitor.rows()).toEqual([
      { key: 'a', value: 2 },
      { key: 'b', value: 1 },
      { key: 'c', value: 1 },
    ])
    expect(perVisitor.get('a')).toBe(2)
    expect(perVisitor.get('nobody')).toBeUndefined()
    const perHour = driver.store<Windowed, number>('per-hour')
    expect(perHour.rows()).toEqual([
      { key: { key: '/x', start: 0, end: hour }, value: 1 },
      { key: { key: '/x', start: hour, end: 2 * hour }, value: 2 },
      { key: { key: '/y', start: hour, end: 2 * hour }, value: 1 },
    ])
    expect(perHour.get({ key: '/x', start: 0, end: hour })).toBe(1)
    expect(driver.store<string, Visit>('last-page').get('a')).toEqual({ visitor: 'a', page: '/x' })
    expect(() => driver.store('nothing')).toThrow(/has no store nothing; it has .*per-visitor/)
  })

  it('goes on after a restart where it was', async () => {
    using driver = await open()
    driver.input(visits).sendAll([visit('a', '/x'), visit('b', '/y')])
    driver.restart()
    driver.input(visits).sendAll([visit('a', '/z'), visit('b', '/y')])
    expect(driver.counts()).toEqual(['a=1', 'a=2', 'b=1', 'b=2'])
    expect(driver.store<string, Visit>('last-page').get('a')).toEqual({ visitor: 'a', page: '/z' })
    expect(driver.store('per-hour').size).toBe(3)
  })

  it('processes after a crash what was not committed, once', async () => {
    using driver = await open({ commits: 'manual' })
    driver.input(visits).sendAll([visit('a'), visit('b')])
    expect(driver.counts()).toEqual([])
    driver.commit()
    expect(driver.counts()).toEqual(['a=1', 'b=1'])
    driver.input(visits).sendAll([visit('a'), visit('c')])
    driver.crash()
    expect(driver.counts()).toEqual([])
    expect(driver.store('per-visitor').rows()).toEqual([
      { key: 'a', value: 2 },
      { key: 'b', value: 1 },
      { key: 'c', value: 1 },
    ])
    driver.commit()
    expect(driver.counts()).toEqual(['a=2', 'c=1'])
    expect(driver.output(lastPages).size).toBe(4)
  })

  it('writes again under at-least-once, with state that counts once', async () => {
    using driver = await open({ commits: 'manual', guarantee: 'at_least_once' })
    driver.input(visits).send(visit('a'))
    expect(driver.counts()).toEqual(['a=1'])
    driver.crash()
    expect(driver.counts()).toEqual(['a=1'])
    driver.commit()
    driver.crash()
    expect(driver.counts()).toEqual([])
    driver.input(visits).send(visit('a'))
    expect(driver.counts()).toEqual(['a=2'])
  })

  it('meets a record that stopped it again after a restart', async () => {
    using driver = await open()
    driver.input(visits).send(visit('a'))
    expect(() => {
      driver.input(visits).send(visit('a', '/broken'))
    }).toThrow(RecordFailedError)
    expect(() => {
      driver.restart()
    }).toThrow(RecordFailedError)
    expect(driver.store<string, number>('per-visitor').get('a')).toBe(1)
    expect(driver.counts()).toEqual(['a=1'])
  })
})
