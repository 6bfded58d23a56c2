/** Rows with a time to live: the compiled form gives what the interpreter gives, also when it starts again from changelogs. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Pipeline, Source } from '../../dsl/index.js'
import type { GeneratedPipeline } from '../../runtime/abi/index.js'
import { testDriver } from '../../testing/index.js'
import { build } from '../compiler/support/compile-project.js'
import fc from '../fast-check.js'
import * as author from './support/lifetimes-pipeline.js'

const outputs: readonly Source<string, string | number | null>[] = [
  author.counts,
  author.sums,
  author.perSum,
  author.folds,
  author.declared,
  author.newest,
  author.named,
  author.heldCounts,
  author.perHeld,
  author.heldWindows,
  author.heldNames,
  author.idleSessions,
  author.idleSlides,
  author.idleUpdates,
  author.idleLate,
]

interface Drawn {
  readonly key: string
  readonly item: string
  readonly amount: number
  /** ms behind or ahead of the record before. */
  readonly step: number
  /** ms that the wall clock moves on behind it. */
  readonly wait: number
}

const drawnRecords = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b', 'd'),
    item: fc.constantFrom('pen', 'ink', 'paper'),
    amount: fc.integer({ min: -9, max: 9 }),
    step: fc.integer({ min: -20, max: 25 }),
    wait: fc.constantFrom(0, 0, 5, 20, 50),
  }),
  { maxLength: 60 },
)

function run(pipeline: Pipeline | GeneratedPipeline, drawn: readonly Drawn[]): readonly string[] {
  using driver = testDriver(pipeline, { partitions: 2 })
  const written: string[] = []
  let timestamp = 0
  for (const [i, { key, item, amount, step, wait }] of drawn.entries()) {
    timestamp = Math.max(0, timestamp + step)
    driver.input(author.sales).send({ key, value: { item, amount }, timestamp })
    driver.input(author.names).send({ key: item, value: amount === 1 ? null : key, timestamp })
    driver.advanceWallClock(wait)
    if (i % 20 === 19) driver.restart()
  }
  for (const output of outputs) {
    // Records are in order within a partition only.
    const records = driver.output(output).readAll().toSorted(byKey)
    for (const { key, value, timestamp: time } of records) {
      written.push(`${output.name} ${key}: ${value} @${time}`)
    }
  }
  return written
}

function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0
}

describe('rows with a time to live', () => {
  it('are deleted when they were not changed for so long, for those behind as well', () => {
    using driver = testDriver(author.lifetimes)
    const send = (key: string, timestamp: number): void => {
      driver.input(author.sales).send({ key, value: { item: 'pen', amount: 2 }, timestamp })
    }
    send('a', 0)
    send('b', 10)
    send('a', 20)
    send('c', 40)
    expect(driver.store('count').rows()).toHaveLength(2)
    send('c', 50)
    send('a', 90)
    const lines = driver.output(author.counts).readAll()
    expect(lines.map(({ key, value, timestamp }) => `${key} ${value} @${timestamp}`)).toEqual([
      'a 1 @0',
      'b 1 @10',
      'a 2 @20',
      'b null @40',
      'c 1 @40',
      'a null @50',
      'c 2 @50',
      'c null @80',
      'a 1 @90',
    ])
    expect(driver.store('count').rows()).toEqual([{ key: 'a', value: 1 }])
  })

  it('are the same compiled and interpreted, also through restarts', async () => {
    const text = readFileSync(fileURLToPath(new URL('support/lifetimes-pipeline.ts', import.meta.url)), 'utf8')
    const { pipeline: compiled } = await build({ 'pipeline.ts': text.replace('../../../dsl/index.js', 'millrace') })
    fc.assert(
      fc.property(drawnRecords, (drawn) => {
        expect(run(compiled, drawn)).toEqual(run(author.lifetimes, drawn))
      }),
      { numRuns: 20 },
    )
  }, 120_000)
})
