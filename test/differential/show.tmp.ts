import fc from 'fast-check'
import { Chooser } from '../avro/arbitrary-schema.js'
import { makePlan } from './generate/plan.js'
const [seed = '1', count = '80', ...which] = process.argv.slice(2)
const numbers = (maxLength: number) => fc.array(fc.nat({ max: 0x3fffffff }), { maxLength, size: 'max' })
const draws = fc.sample(
  fc.record({ plan: numbers(800), records: fc.array(numbers(300), { minLength: 20, maxLength: 20 }) }),
  { seed: Number(seed), numRuns: Number(count) },
)
for (const w of which) {
  const p = makePlan(`p${w}`, new Chooser(draws[Number(w)]!.plan))
  console.log(p.text, JSON.stringify([...p.subjects]))
}
