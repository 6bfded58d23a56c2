import { describe, expect, it } from 'vitest'
import { optimizations } from '../../compiler/ir/optimizations.js'
import { drawPlans, drawRecords } from './draw.js'
import { regressions } from './regressions/index.js'
import { comparePlans, runPlans, shrinkDraw } from './run-plans.js'

/** The same each time; `DIFFERENTIAL_SEED` and `DIFFERENTIAL_PLANS` look elsewhere. */
const seed = Number(process.env['DIFFERENTIAL_SEED'] ?? 1)
const PLANS = Number(process.env['DIFFERENTIAL_PLANS'] ?? 50)
/** The optimisation that is left out alone. */
const without = optimizations[seed % optimizations.length] ?? 'dead-code'

describe('random plans', () => {
  it(`interpreted = compiled with all optimisations = with none = without ${without} (seed ${seed})`, async () => {
    const draws = drawPlans(seed, PLANS)
    const failures = await runPlans('random', draws, without)
    const [first] = failures
    if (first === undefined) return
    const draw = draws[Number(first.plan.name.slice(1))]
    const { plan, message } = (draw && (await shrinkDraw('shrink', draw, without))) ?? first
    expect.fail(
      `${failures.length} of ${draws.length} plans differ; run again with DIFFERENTIAL_SEED=${seed}\n\n` +
        `${plan.text}\n${JSON.stringify(Object.fromEntries(plan.subjects))}\n\n${message}`,
    )
  }, 600_000)
})

describe('plans that differed once', () => {
  it('agree', async () => {
    const records = drawRecords(1)
    const drawn = regressions.map((plan) => ({ plan, records }))
    expect(await comparePlans('regressions', drawn, without)).toEqual([])
  }, 120_000)
})
