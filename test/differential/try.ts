/** Writes random pipelines to look at: `jiti test/differential/try.ts [count] [seed]`. */
import fc from 'fast-check'
import { chooser } from '../avro/arbitrary-schema.js'
import { makePlan } from './generate/plan.js'
import { writeProject } from './write-project.js'

const [count = '10', seed = '1'] = process.argv.slice(2)
const choosers = fc.sample(chooser(800), { seed: Number(seed), numRuns: Number(count) })
const plans = choosers.map((choose, index) => makePlan(`p${index}`, choose))
console.log(writeProject('try', plans).root)
