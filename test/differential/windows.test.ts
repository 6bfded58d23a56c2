/** Aggregates over windows: the compiled form gives what the interpreter gives, also when it starts again from changelogs. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Pipeline } from '../../dsl/index.js'
import type { GeneratedPipeline } from '../../runtime/abi/index.js'
import { testDriver } from '../../testing/index.js'
import { build } from '../compiler/support/compile-project.js'
import fc from '../fast-check.js'
import * as author from './support/windows-pipeline.js'

const outputs = [
  author.totals,
  author.sessions,
  author.closedSessions,
  author.slides,
  author.closedSlides,
  author.hops,
  author.both,
  author.bothSessions,
  author.late,
]

interface Drawn {
  readonly isReturn: boolean
  readonly key: string
  readonly item: string
  readonly amount: number
  /** ms behind or ahead of the record before. */
  readonly step: number
}

const records = fc.array(
  fc.record({
    isReturn: fc.boolean(),
    key: fc.constantFrom('a', 'b'),
    item: fc.constantFrom('pen', 'ink', 'paper'),
    amount: fc.integer({ min: -9, max: 30 }),
    step: fc.integer({ min: -20, max: 25 }),
  }),
  { maxLength: 60 },
)

const run = (pipeline: Pipeline | GeneratedPipeline, drawn: readonly Drawn[]): readonly string[] => {
  using driver = testDriver(pipeline, { partitions: 2 })
  const written: string[] = []
  let timestamp = 0
  for (const [i, { isReturn, key, item, amount, step }] of drawn.entries()) {
    timestamp = Math.max(0, timestamp + step)
    driver.input(isReturn ? author.returns : author.sales).send({ key, value: { item, amount }, timestamp })
    if (i % 20 === 19) driver.restart()
  }
  for (const output of outputs) {
    for (const record of driver.output(output).readAll()) {
      written.push(`${output.name} ${record.key}: ${record.value} @${record.timestamp}`)
    }
  }
  return written
}

describe('aggregates over windows, compiled', () => {
  it('give what the interpreter gives, also through restarts', async () => {
    const text = readFileSync(fileURLToPath(new URL('support/windows-pipeline.ts', import.meta.url)), 'utf8')
    const { pipeline: compiled } = await build({ 'pipeline.ts': text.replace('../../../dsl/index.js', 'millrace') })
    fc.assert(
      fc.property(records, (drawn) => {
        expect(run(compiled, drawn)).toEqual(run(author.windows, drawn))
      }),
      { numRuns: 20 },
    )
  }, 120_000)
})
