/** Operators of one's own: the compiled form does what the interpreter does, also when it starts again from changelogs. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Pipeline } from '../../dsl/index.js'
import type { GeneratedPipeline } from '../../runtime/abi/index.js'
import { testDriver } from '../../testing/index.js'
import { build } from '../compiler/support/compile-project.js'
import fc from '../fast-check.js'
import * as author from './support/process-pipeline.js'

const outputs = [
  author.sums,
  author.quiet,
  author.lists,
  author.maps,
  author.tables,
  author.high,
  author.low,
  author.rekeyed,
  author.waits,
  author.distinct,
  author.distinctValues,
]

const stores = ['sum-sum', 'quiet-last', 'lists-seen', 'maps-by', 'table-rows', 'rekeyed-count', 'waits-counts']

interface Drawn {
  readonly key: string
  readonly sensor: string
  readonly value: number
  /** ms behind or ahead of the record before. */
  readonly step: number
  /** ms that the wall clock moves on behind it. */
  readonly wait: number
}

const records = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b', 'd'),
    sensor: fc.constantFrom('north', 'south', 'west'),
    value: fc.integer({ min: -4, max: 12 }),
    step: fc.integer({ min: -20, max: 25 }),
    wait: fc.constantFrom(0, 0, 0, 30, 120, 500),
  }),
  { maxLength: 60 },
)

const run = (pipeline: Pipeline | GeneratedPipeline, drawn: readonly Drawn[]): readonly string[] => {
  using driver = testDriver(pipeline, { partitions: 2, commits: 'manual', startTime: 1_000 })
  const written: string[] = []
  let timestamp = 0
  for (const [i, { key, sensor, value, step, wait }] of drawn.entries()) {
    timestamp = Math.max(0, timestamp + step)
    driver.input(author.readings).send({ key, value: { sensor, value }, timestamp })
    if (i % 7 === 6) driver.input(author.others).send({ key, value: 'loud', timestamp: timestamp + 15 })
    driver.advanceWallClock(wait)
    if (i % 5 === 4) driver.commit()
    if (i % 20 === 19) driver.restart()
  }
  driver.commit()
  for (const output of outputs) {
    // Records are in order within a partition only.
    for (const record of driver.output(output).readAll().toSorted(byKey)) {
      written.push(`${output.name} ${record.key}: ${record.value} @${record.timestamp}`)
    }
  }
  for (const store of stores) {
    const rows = driver.store(store).rows()
    written.push(...rows.map((row) => `${store} ${JSON.stringify(row)}`).toSorted())
  }
  written.push(`dropped ${driver.dropped}`)
  return written
}

function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0
}

describe('operators of one’s own, compiled', () => {
  it('do what the interpreter does, also through restarts', async () => {
    const text = readFileSync(fileURLToPath(new URL('support/process-pipeline.ts', import.meta.url)), 'utf8')
    const { pipeline: compiled } = await build({ 'pipeline.ts': text.replace('../../../dsl/index.js', 'millrace') })
    fc.assert(
      fc.property(records, (drawn) => {
        expect(run(compiled, drawn)).toEqual(run(author.processed, drawn))
      }),
      { numRuns: 20 },
    )
  }, 120_000)
})
