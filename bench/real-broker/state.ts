/**
 * `npm run bench:state:kafka`: pipelines with state on a real broker, changelogs on, each in a process of its own, beside
 * what others took for the same. Prints JSON; nothing is asserted about the figures: machines differ.
 */
import kafkajs from 'kafkajs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { median } from '../median.js'
import { openSetting } from '../setting.js'
import { drain, type Drained } from './drain.js'
import { peers, peersAt } from './peers.js'
import { fillTopics } from './state-topics.js'
import { createTopic } from './topics.js'

const env = (name: string, fallback: number): number => Number(process.env[name] ?? fallback)
const brokers = process.env['MILLRACE_BROKERS'] ?? ''
if (brokers === '') throw new Error('MILLRACE_BROKERS is not set: run it by `npm run bench:state:kafka`')

const partitions = 4
const only = process.env['BENCH_ONLY']
const cases = (['customer-minutes', 'zip-orders', 'known-orders'] as const)
  .filter((pipeline) => only === undefined || only === pipeline)
  .flatMap((pipeline) => (['at_least_once', 'exactly_once'] as const).map((guarantee) => ({ pipeline, guarantee })))

const setting = await openSetting()
const admin = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING }).admin()
await admin.connect()
try {
  const { registryUrl, webOrderId, orderId, customerId } = setting
  for (const topic of ['orders', 'customers']) await createTopic(admin, topic, partitions)
  const records = await fillTopics({ brokers, partitions, copies: env('BENCH_COPIES', 16), orderId, customerId })
  const turns = cases.map((): Drained[] => [])
  // They take turns, so that a machine that changes its speed changes it for all.
  for (let round = 0; round < env('BENCH_ROUNDS', 3); round++) {
    for (const [i, { pipeline, guarantee }] of cases.entries()) {
      const group = `bench-${Date.now()}`
      await createTopic(admin, pipeline, partitions)
      const drained = await drain(
        admin,
        {
          ...{ contender: 'millrace', guarantee, compression: 'none', brokers, registryUrl, webOrderId, group },
          pipeline: setting.generated(pipeline),
          stateDirectory: join(process.cwd(), 'dist/bench/state', group),
        },
        { records, output: pipeline, leastOutputs: pipeline === 'zip-orders' ? records : 0 },
      )
      console.error(JSON.stringify({ pipeline, guarantee, ...drained }))
      turns[i]?.push(drained)
    }
  }
  const results = cases.map(({ pipeline, guarantee }, i) => {
    const of = (figure: keyof Drained): number => median((turns[i] ?? []).map((turn) => turn[figure]))
    const inThousands = (figure: keyof Drained): string => `${Math.round(of(figure) / 1000)} k`
    return {
      ...{ pipeline, guarantee },
      recordsPerCpuSecond: inThousands('recordsPerCpuSecond'),
      withStartUp: inThousands('recordsPerCpuSecondOfLife'),
      peersWithStartUp: peersAt(guarantee, pipeline),
      maxRssMiB: of('maxRssMiB'),
      outputs: of('outputs'),
    }
  })
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length }
  const rss = Object.fromEntries(Object.entries(peers).map(([name, { maxRssMiB }]) => [name, maxRssMiB]))
  console.log(JSON.stringify({ ...machine, partitions, records, results, maxRssMiBOfPeers: rss }, undefined, 2))
} finally {
  await admin.disconnect()
  await setting.close()
}
