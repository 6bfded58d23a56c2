/** Draws numbers for plans and record sets from a seed. */
import fc from '../fast-check.js'
import type { Draw } from './run-plans.js'

export const RECORD_SETS = 20

const numbers = (maxLength: number) => fc.array(fc.nat({ max: 0x3fffffff }), { maxLength, size: 'max' })

const recordSets = fc.array(numbers(300), { minLength: RECORD_SETS, maxLength: RECORD_SETS })

export function drawPlans(seed: number, count: number): readonly Draw[] {
  return fc.sample(fc.record({ plan: numbers(800), records: recordSets }), { seed, numRuns: count })
}

export function drawRecords(seed: number): Draw['records'] {
  return fc.sample(recordSets, { seed, numRuns: 1 })[0] ?? []
}
