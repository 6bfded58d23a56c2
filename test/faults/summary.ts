import type { CampaignResult } from './campaign.js'
import { countBy, topicOf } from './invariants/violation.js'

/** The figures of a run, for a table. */
export interface Summary {
  readonly seconds: number
  readonly input: number
  /** Of the input, what its writer has sent once and stands there again. */
  readonly inputTwice: number
  readonly output: number
  readonly lost: number
  readonly doubled: number
  readonly lives: number
  readonly brokerEvents: number
  readonly samples: number
  readonly settledAfterMs: number | undefined
  readonly surprises: number
  /** Of what was to be done to processes at a step: how often the step came, how often it was drawn. */
  readonly hits: string
  readonly missed: readonly string[]
  /** Of clean ends, from SIGTERM on. */
  readonly slowestEndMs: number
  readonly kinds: Readonly<Record<string, number>>
}

export const summaryOf = ({ history, seconds, surprises }: CampaignResult): Summary => {
  const faults = history.filter((entry) => entry.op === 'fault')
  const drawn = faults.filter(({ drawn }) => drawn !== undefined)
  const input = topicOf(history, 'input')
  const output = topicOf(history, 'output')
  const distinct = new Set(output.map(({ value }) => value))
  const [healed, settled] = [history.find(({ op }) => op === 'healed'), history.find(({ op }) => op === 'settled')]
  return {
    seconds,
    input: input.length,
    inputTwice: input.length - new Set(input.map(({ value }) => value)).size,
    output: output.length,
    lost: input.filter(({ value }) => !distinct.has(value)).length,
    doubled: output.length - distinct.size,
    lives: faults.filter(({ target }) => target !== 'brokers').length,
    brokerEvents: faults.filter(({ target }) => target === 'brokers').length,
    samples: history.filter(({ op }) => op === 'sample').length,
    settledAfterMs:
      healed?.op === 'healed' && settled?.op === 'settled' ? Math.round(settled.at - healed.at) : undefined,
    surprises: surprises.length,
    hits: `${drawn.filter(({ isHit }) => isHit).length} / ${drawn.length}`,
    missed: drawn.filter(({ isHit }) => !isHit).map(({ drawn }) => String(drawn)),
    slowestEndMs: Math.max(0, ...faults.map(({ endMs }) => endMs ?? 0)),
    kinds: Object.fromEntries(
      [...countBy(faults.map(({ fault }) => fault.replace(/ \d.*|, then.*/, '')))].toSorted(([, a], [, b]) => b - a),
    ),
  }
}
