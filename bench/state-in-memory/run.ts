/**
 * `npm run bench:state`: pipelines with state on batches in memory, changelogs written, each beside a floor that was written
 * by hand for this one job, after both have written the same records. JSON; take the ratios, within one run.
 */
import { cpus } from 'node:os'
import { loadPipeline } from '../../runtime/index.js'
import { BatchCursor, recordsOf } from '../../runtime/kafka/record-batch/index.js'
import { median } from '../median.js'
import { openSetting } from '../setting.js'
import { compiled } from './compiled.js'
import type { Contender } from './contender.js'
import { customerMinutesFloor } from './floor/customer-minutes.js'
import { knownOrdersFloor } from './floor/known-orders.js'
import { zipOrdersFloor } from './floor/zip-orders.js'
import { createWorkload, ordersPerCommit, type Workload } from './workload.js'

const floors = {
  'customer-minutes': customerMinutesFloor,
  'zip-orders': zipOrdersFloor,
  'known-orders': knownOrdersFloor,
}
const only = process.env['BENCH_ONLY']
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 7)
const roundMs = Number(process.env['BENCH_ROUND_MS'] ?? 600)
/** Steps whose outputs are compared: some windows of a minute are over by then. */
const comparedSteps = 24

const setting = await openSetting()
try {
  const workload = createWorkload()
  const results: Record<string, object> = {}
  for (const [name, floor] of Object.entries(floors)) {
    if (only !== undefined && only !== name) continue
    const pipeline = await loadPipeline(setting.generated(name))
    const make = [floor, () => compiled(pipeline)]
    const [expected, found] = make.map((each) => digest(each(), workload))
    if (expected === undefined || expected.outputs.length === 0) throw new Error(`the floor of ${name} writes nothing`)
    const differs = expected.outputs.findIndex((record, i) => record !== found?.outputs[i])
    if (differs >= 0) throw new Error(`${name}: ${found?.outputs[differs] ?? 'none'} for ${expected.outputs[differs]!}`)
    const contenders = make.map((each) => each())
    const turns = measure(contenders, workload)
    const [byFloor = [], byPipeline = []] = turns
    const ratios = byPipeline.map((value, round) => value / (byFloor[round] ?? NaN))
    results[name] = {
      recordsPerCpuSecond: { floor: Math.round(median(byFloor)), compiled: Math.round(median(byPipeline)) },
      ofFloor: Number(median(ratios).toFixed(2)),
      perStep: { records: ordersPerCommit, outputs: found?.outputs.length, changes: found?.changes },
    }
  }
  console.log(JSON.stringify({ node: process.version, cpu: cpus()[0]?.model ?? 'unknown', ...results }, undefined, 2))
} finally {
  await setting.close()
}

function digest(contender: Contender, workload: Workload): { readonly outputs: string[]; readonly changes: number } {
  contender.load(workload.customers)
  let changes = 0
  const outputs: string[] = []
  for (let n = 0; n < comparedSteps; n++) {
    const written = contender.step(workload.step(n))
    changes += written.changelogs.reduce((sum, bytes) => sum + count(bytes), 0)
    for (const batches of written.outputs) {
      for (const batch of new BatchCursor(batches)) {
        for (const { key, value, timestamp } of recordsOf(batch)) {
          outputs.push(`${key?.toString('latin1') ?? ''} ${timestamp} ${value?.toString('hex') ?? ''}`)
        }
      }
    }
  }
  return { outputs: outputs.sort(), changes }
}

function count(bytes: Buffer): number {
  return [...new BatchCursor(bytes)].reduce((sum, { header }) => sum + header.count, 0)
}

/** They take turns, so that a machine that changes its speed changes it for both; the first turn only warms up. */
function measure(contenders: readonly Contender[], workload: Workload): readonly (readonly number[])[] {
  const steps = contenders.map((contender) => {
    contender.load(workload.customers)
    return 0
  })
  const results = contenders.map((): number[] => [])
  for (let round = -1; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      const began = process.cpuUsage()
      let records = 0
      for (let microseconds = 0; microseconds < roundMs * 1000;) {
        contender.step(workload.step(steps[i]!++))
        records += ordersPerCommit
        const { user, system } = process.cpuUsage(began)
        microseconds = user + system
        if (microseconds >= roundMs * 1000 && round >= 0) results[i]!.push((records / microseconds) * 1e6)
      }
    }
  }
  return results
}
