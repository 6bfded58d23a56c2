/** A short selection of the fault suite on the embedded broker; `npm run faults` makes longer runs (docs/faults.md). */
import { expect, it } from 'vitest'
import { runCampaign } from './campaign.js'
import { check } from './checker.js'
import type { Guarantee } from './history.js'

const seed = Number(process.env['FAULTS_SEED'] ?? 1)
const runs: readonly (readonly [Guarantee, number])[] = [
  ['exactly_once', 8],
  ['at_least_once', 4],
]

it.each(runs)(
  `%s: what three processes do under faults breaks no invariant (seed ${seed})`,
  async (guarantee, cycles) => {
    const { history, surprises } = await runCampaign({ broker: 'embedded', guarantee, records: 3000, cycles, seed })
    const faults = history.flatMap((entry) => (entry.op === 'fault' ? `${entry.target}: ${entry.fault}` : []))
    expect(check(history, guarantee), faults.join('\n')).toEqual([])
    expect(surprises).toEqual([])
  },
  240_000,
)
