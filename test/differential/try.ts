/** Random pipelines to look at: `jiti test/differential/try.ts [count] [seed] [--shrink]`. */
import fc from 'fast-check'
import { runPlans, shrinkDraw, type Draw } from './run-plans.js'

const [count = '10', seed = '1', mode = ''] = process.argv.slice(2)
const numbers = (maxLength: number) => fc.array(fc.nat({ max: 0x3fffffff }), { maxLength, size: 'max' })
const draws: readonly Draw[] = fc.sample(
  fc.record({ plan: numbers(800), records: fc.array(numbers(300), { minLength: 20, maxLength: 20 }) }),
  { seed: Number(seed), numRuns: Number(count) },
)
console.time('run')
const failures = await runPlans('try', draws)
console.timeEnd('run')
console.log(`${draws.length - failures.length} equal, ${failures.length} different`)
for (const { plan, message } of failures) console.log(plan.name, message.slice(0, 700))
if (mode === '--shrink') {
  for (const failure of failures) {
    const draw = draws[Number(failure.plan.name.slice(1))]
    const smallest = draw && (await shrinkDraw('shrink', draw))
    console.log(smallest?.plan.text, JSON.stringify(Object.fromEntries(smallest?.plan.subjects ?? [])))
    console.log(smallest?.message)
  }
}
