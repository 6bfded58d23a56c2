/** `npm run faults -- --broker embedded|real --records N --cycles N --seed N [--guarantee g] [--only act] [--log file] [--baseline]` */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runBaseline } from './baseline.js'
import { runCampaign, type CampaignOptions } from './campaign.js'
import { check } from './checker.js'
import type { Guarantee } from './history.js'
import { summaryOf } from './summary.js'

const { values } = parseArgs({
  options: {
    broker: { type: 'string', default: 'embedded' },
    guarantee: { type: 'string', default: 'exactly_once' },
    records: { type: 'string', default: '10000' },
    cycles: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    baseline: { type: 'boolean', default: false },
    log: { type: 'string' },
    quiet: { type: 'boolean', default: false },
  },
})

const oneOf = <T extends string>(name: string, value: string, allowed: readonly T[]): T => {
  const found = allowed.find((candidate) => candidate === value)
  if (found === undefined) throw new Error(`--${name} is one of ${allowed.join(', ')}`)
  return found
}
const ACTS = ['kill', 'stop', 'lose', 'freeze', 'repeat'] as const
const guarantees: readonly Guarantee[] = ['exactly_once', 'at_least_once']
const options: CampaignOptions = {
  broker: oneOf('broker', values.broker, ['embedded', 'real']),
  guarantee: oneOf('guarantee', values.guarantee, guarantees),
  records: Number(values.records),
  cycles: Number(values.cycles),
  seed: Number(values.seed),
  ...(values.only === undefined ? {} : { only: oneOf('only', values.only, ACTS) }),
  ...(values.quiet ? {} : { say: (line: string) => process.stderr.write(`${line}\n`) }),
}
const runOnce = async (): Promise<void> => {
  const result = await runCampaign(options)
  if (values.log !== undefined) {
    writeFileSync(values.log, result.history.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
  }
  const violations = check(result.history, options.guarantee)
  for (const surprise of result.surprises) process.stderr.write(`\n${surprise}\n`)
  process.stdout.write(`${JSON.stringify({ ...options, ...summaryOf(result), violations }, undefined, 2)}\n`)
  process.exitCode = violations.length === 0 && result.surprises.length === 0 ? 0 : 1
}

await (values.baseline ? runBaseline(options, (line) => process.stdout.write(`${line}\n`)) : runOnce())
