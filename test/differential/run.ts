/** `npm run differential -- [count] [seed]`: looks for plans whose forms differ, and shows the smallest of each. */
import { optimizations } from '../../compiler/ir/optimizations.js'
import { drawPlans } from './draw.js'
import { runPlans, shrinkDraw } from './run-plans.js'

const [count = '50', seed = String(Date.now() % 1_000_000)] = process.argv.slice(2)
const draws = drawPlans(Number(seed), Number(count))
const without = optimizations[Number(seed) % optimizations.length] ?? 'dead-code'
const failures = await runPlans('run', draws, without)
console.log(`seed ${seed}: ${draws.length - failures.length} plans agree, ${failures.length} differ`)
for (const failure of failures) {
  const draw = draws[Number(failure.plan.name.slice(1))]
  const { plan, message } = (draw && (await shrinkDraw('run', draw, without))) ?? failure
  console.log(`\n${plan.text}\n${JSON.stringify(Object.fromEntries(plan.subjects))}\n${message}`)
}
process.exitCode = failures.length === 0 ? 0 : 1
