/**
 * `npm run soak -- --minutes 30 --rate 1000 --broker embedded|real --guarantee g --idle 60`: one process at a fixed rate,
 * what it uses and how long records take, a line a minute; then what it uses when nothing comes.
 */
import { parseArgs } from 'node:util'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { openFaultCluster, type BrokerKind } from '../faults/fault-cluster.js'
import { bundle, openWorkload, PARTITIONS, TOPICS } from '../faults/workload.js'
import { Load } from './load.js'
import { growthOf, type Minute } from './verdict.js'
import { WatchedProcess } from './watched-process.js'

const { values } = parseArgs({
  options: {
    broker: { type: 'string', default: 'embedded' },
    guarantee: { type: 'string', default: 'exactly_once' },
    minutes: { type: 'string', default: '30' },
    rate: { type: 'string', default: '1000' },
    idle: { type: 'string', default: '60' },
  },
})
const kind: BrokerKind = values.broker === 'real' ? 'real' : 'embedded'
const [minutes, rate, idle] = [Number(values.minutes), Number(values.rate), Number(values.idle)]
const MIB = 1024 * 1024
const MINUTE_S = 60
/** What is on its way when the writer ends. */
const REST_MS = 10_000
/** After start-up and the last record, before what idling costs is measured. */
const CALM_MS = 5000

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}
const row = (cells: readonly (string | number)[]): void => {
  print(`| ${cells.join(' | ')} |`)
}

await using workload = await openWorkload()
const cluster = await openFaultCluster(kind)
/** Else the brokers' memory is what grows. */
const config = { 'retention.ms': '60000', 'segment.bytes': String(MIB) }
for (const topic of Object.values(TOPICS)) await cluster.createTopic(topic, { partitions: PARTITIONS, config })
const preload = await bundle(fileURLToPath(new URL('child-usage.ts', import.meta.url)), workload.directory)
const child = new WatchedProcess(['--import', preload, workload.programs.millrace], workload.directory, {
  MILLRACE_BROKERS: cluster.brokers,
  APP_OPTIONS: JSON.stringify({
    guarantee: values.guarantee,
    http: { port: 0 },
    commitInterval: 100,
    state: { directory: `${workload.directory}/state` },
  }),
})
const load = new Load(cluster.brokers, rate * MINUTE_S * (minutes + 1))
await Promise.all([load.start(TOPICS.output), child.running])

const seen: Minute[] = []
row(['minute', 'RSS MiB', 'heap MiB', 'handles', 'CPU of a core', 'p50 ms', 'p99 ms'])
row(['---', '---', '---', '---', '---', '---', '---'])
for (let minute = 1; minute <= minutes; minute++) {
  await load.write(TOPICS.input, rate, MINUTE_S)
  const { rss, heap, handles, cpu } = child.takeUsed()
  const { p50, p99 } = load.takeLatencies()
  seen.push({ rss, heap, handles, p50, p99 })
  const [rssMiB, heapMiB] = [(rss / MIB).toFixed(0), (heap / MIB).toFixed(1)]
  row([minute, rssMiB, heapMiB, handles, `${(100 * cpu).toFixed(1)} %`, p50.toFixed(1), p99.toFixed(1)])
}
for (const end = performance.now() + REST_MS; load.missing > 0 && performance.now() < end;) await sleep(100)
let idleCpu = 0
if (idle > 0) {
  await sleep(CALM_MS)
  child.takeUsed()
  await sleep(idle * 1000)
  idleCpu = child.takeUsed().cpu
  print(`\nidle: ${(100 * idleCpu).toFixed(2)} % of a core over ${idle} s`)
}
const code = await child.end()
await load[Symbol.asyncDispose]()
await cluster.close()

const faults = [
  ...(minutes > 0 ? growthOf(seen) : []),
  ...(idleCpu > 0.01 ? ['idling costs more than 1 % of a core'] : []),
  ...(load.missing === 0 ? [] : [`${load.missing} records are missing`]),
  ...(load.doubled === 0 ? [] : [`${load.doubled} records came twice`]),
  ...(code === 0 ? [] : [`the process ended with ${String(code)}:\n${child.said.slice(-2000)}`]),
]
print(`${load.written} records written, ${load.missing} missing, ${load.doubled} twice`)
print(faults.length === 0 ? 'verdict: flat' : `verdict: ${faults.join('; ')}`)
process.exitCode = faults.length === 0 ? 0 : 1
