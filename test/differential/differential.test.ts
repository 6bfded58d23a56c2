import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { regressions } from './regressions/index.js'
import { comparePlans, runPlans, shrinkDraw, type Draw } from './run-plans.js'

/** Another one each day, the same all day; `DIFFERENTIAL_SEED` runs a chosen one again. */
const seed = Number(process.env['DIFFERENTIAL_SEED'] ?? Math.floor(Date.now() / 86_400_000))
const PLANS = Number(process.env['DIFFERENTIAL_PLANS'] ?? 50)
const RECORD_SETS = 20

const numbers = (maxLength: number) => fc.array(fc.nat({ max: 0x3fffffff }), { maxLength, size: 'max' })

const draws: readonly Draw[] = fc.sample(
  fc.record({
    plan: numbers(800),
    records: fc.array(numbers(300), { minLength: RECORD_SETS, maxLength: RECORD_SETS }),
  }),
  { seed, numRuns: PLANS },
)

describe('random plans', () => {
  it(`interpreted = compiled with all optimisations = with none (seed ${seed})`, async () => {
    const failures = await runPlans('random', draws)
    const [first] = failures
    if (first === undefined) return
    const draw = draws[Number(first.plan.name.slice(1))]
    const smallest = draw === undefined ? undefined : await shrinkDraw('shrink', draw)
    const { plan, message } = smallest ?? first
    expect.fail(
      `${failures.length} of ${draws.length} plans differ; run again with DIFFERENTIAL_SEED=${seed}\n\n` +
        `${plan.text}\n${JSON.stringify(Object.fromEntries(plan.subjects))}\n\n${message}`,
    )
  }, 600_000)
})

describe('plans that differed once', () => {
  it('agree', async () => {
    const sets = fc.array(numbers(300), { minLength: RECORD_SETS, maxLength: RECORD_SETS })
    const [records = []] = fc.sample(sets, { seed: 1, numRuns: 1 })
    const drawn = regressions.map((plan) => ({ plan, records }))
    expect(await comparePlans('regressions', drawn)).toEqual([])
  }, 120_000)
})
