/** Operators that share a repartition topic: the compiled form gives what the interpreter gives. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { explain } from '../../compiler/explain/index.js'
import type { Pipeline } from '../../dsl/index.js'
import type { GeneratedPipeline } from '../../runtime/abi/index.js'
import { testDriver } from '../../testing/index.js'
import { backHalf, frontHalf } from '../compiler/support/compile-project.js'
import fc from '../fast-check.js'
import * as author from './support/regrouped-pipeline.js'

const outputs = [author.counts, author.sums, author.pairs, author.named, author.firsts, author.both]

interface Drawn {
  readonly isTown: boolean
  readonly key: string
  readonly zip: string | null
  readonly amount: number
  readonly step: number
}

const records = fc.array(
  fc.record({
    isTown: fc.boolean(),
    key: fc.constantFrom('a', 'b', 'c'),
    zip: fc.constantFrom('a', 'b', 'c', null),
    amount: fc.integer({ min: 10, max: 14 }),
    step: fc.integer({ min: 0, max: 4 }),
  }),
  { maxLength: 40 },
)

const run = (pipeline: Pipeline | GeneratedPipeline, drawn: readonly Drawn[]): readonly string[] => {
  using driver = testDriver(pipeline, { partitions: 2 })
  let timestamp = 0
  for (const [i, { isTown, key, zip, amount, step }] of drawn.entries()) {
    timestamp += step
    if (isTown) driver.input(author.towns).send({ key, value: `${key}${amount}`, timestamp })
    else driver.input(author.orders).send({ key, value: { zip, amount }, timestamp })
    if (i % 20 === 19) driver.restart()
  }
  return outputs.flatMap((output) =>
    driver
      .output(output)
      .readAll()
      .map(({ key, value, timestamp: time }) => `${output.name} ${key}: ${JSON.stringify(value)} @${time}`)
      // Each task has an order of its own.
      .sort(),
  )
}

it('one topic for all that need a stream, with what each form gives', async () => {
  const text = readFileSync(fileURLToPath(new URL('support/regrouped-pipeline.ts', import.meta.url)), 'utf8')
  const front = await frontHalf({ 'pipeline.ts': text.replace('../../../dsl/index.js', 'millrace') })
  const forms = [await backHalf(front), await backHalf(front, ['propagate', 'dead-operators', 'dead-code'])]
  const [built] = forms
  const { manifest } = built?.pipeline ?? { manifest: undefined }
  expect(manifest?.internalTopics.map(({ topic }) => topic)).toEqual(['regrouped-by-zip-repartition'])
  expect(built && explain(built.compiled, { format: 'text', level: 'topology' })).toMatch(
    /regrouped-by-zip-repartition: .* may have changed; read by again, with-town, once, with-itself as well, of the same stream/,
  )
  fc.assert(
    fc.property(records, (drawn) => {
      const expected = run(author.regrouped, drawn)
      for (const { pipeline } of forms) expect(run(pipeline, drawn)).toEqual(expected)
    }),
    { numRuns: 15 },
  )
}, 120_000)
