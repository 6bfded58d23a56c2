/** The same faults for two pipelines, compiled and hand-written with kafkajs, under both guarantees: a table. */
import { runCampaign, type CampaignOptions } from './campaign.js'
import { check, checkWithoutStore } from './checker.js'
import type { Guarantee } from './history.js'
import { summaryOf } from './summary.js'
import type { Contender } from './workload.js'

const RUNS: readonly (readonly [Contender, Guarantee])[] = [
  ['kafkajs', 'at_least_once'],
  ['kafkajs', 'exactly_once'],
  ['millrace', 'at_least_once'],
  ['millrace', 'exactly_once'],
]

const COLUMNS = [
  'pipeline',
  'guarantee',
  'lives',
  'step hit',
  'read',
  'lost',
  'doubled',
  'broken',
  'ended by an error',
  'settled after',
] as const

/** A line of the table as soon as it is known. */
export const runBaseline = async (
  options: Omit<CampaignOptions, 'guarantee' | 'contender'>,
  print: (line: string) => void,
): Promise<void> => {
  print(row(COLUMNS))
  print(row(COLUMNS.map(() => '---')))
  for (const [contender, guarantee] of RUNS) print(row(await runOne({ ...options, contender, guarantee })))
}

const runOne = async (options: CampaignOptions): Promise<readonly string[]> => {
  const result = await runCampaign(options)
  const { lives, hits, input, lost, doubled, surprises, settledAfterMs } = summaryOf(result)
  const judge = options.contender === 'kafkajs' ? checkWithoutStore : check
  const violations = judge(result.history, options.guarantee)
  for (const { invariant, message } of violations) options.say?.(`${invariant}: ${message}`)
  for (const surprise of result.surprises) options.say?.(surprise)
  const broken = [...new Set(violations.map(({ invariant }) => invariant))].toSorted()
  return [
    String(options.contender),
    options.guarantee,
    String(lives),
    hits,
    String(input),
    String(lost),
    String(doubled),
    broken.length === 0 ? 'none' : broken.join(', '),
    String(surprises),
    settledAfterMs === undefined ? 'never' : `${(settledAfterMs / 1000).toFixed(1)} s`,
  ]
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
