/**
 * `npm run bench:kafka`: the benchmarks' pipeline on a real broker, the compiled one beside the loop that people write by
 * hand, each in a process of its own. Prints JSON; nothing is asserted about the figures: machines differ.
 */
import kafkajs from 'kafkajs'
import { cpus } from 'node:os'
import { writeRecordSet } from '../end-to-end/write-record-set.js'
import { median } from '../median.js'
import { generateOrders } from '../orders.js'
import { openSetting } from '../setting.js'
import { latency } from './latency.js'
import type { Job } from './job.js'
import { createTopic } from './topics.js'
import { throughput } from './throughput.js'

const env = (name: string, fallback: number): number => Number(process.env[name] ?? fallback)
const brokers = process.env['MILLRACE_BROKERS'] ?? ''
if (brokers === '') throw new Error('MILLRACE_BROKERS is not set: run it by `npm run bench:kafka`')

const partitions = 4
/** Written to each partition, in copies of one record set. */
const copies = env('BENCH_COPIES', 16)
const recordsPerCopy = 50_000
/** The loop takes in fewer: it is slow, and rates are compared. */
const kafkajsShare = env('BENCH_KAFKAJS_SHARE', 0.15)
const rounds = env('BENCH_ROUNDS', 3)
/** A codec or a guarantee. */
const only = process.env['BENCH_ONLY']
const load = { recordsPerSecond: 5000, warmUpSeconds: env('BENCH_WARM_UP', 5), seconds: env('BENCH_SECONDS', 20) }

const setting = await openSetting()
const admin = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING }).admin()
await admin.connect()
try {
  const { registryUrl, pipeline, webOrderId, orderId } = setting
  let serial = 0
  const run = `bench-${Date.now()}`
  const cases = (['none', 'lz4'] as const)
    .flatMap((compression) =>
      (['at_least_once', 'exactly_once'] as const).map((guarantee) => ({ compression, guarantee })),
    )
    .filter((one) => only === undefined || only === one.compression || only === one.guarantee)
  const jobOf = (contender: Job['contender'], one: (typeof cases)[number] & Pick<Job, 'linger'>): Job => {
    const group = `${run}-${serial++}`
    return { contender, ...one, brokers, registryUrl, pipeline, webOrderId, group }
  }
  const results: object[] = []
  let filled = ''
  for (const one of rounds > 0 ? cases : []) {
    const { recordSet, passed } = generateOrders(orderId, recordsPerCopy, 1000, one.compression)
    if (filled !== one.compression) {
      await createTopic(admin, 'orders', partitions)
      for (let copy = 0; copy < copies; copy++) await writeRecordSet(brokers, 'orders', partitions, recordSet)
      filled = one.compression
    }
    const outputs = passed * partitions * copies
    const turns: {
      kafkajs: object & { recordsPerCpuSecond: number }
      millrace: object & { recordsPerCpuSecond: number }
    }[] = []
    for (let round = 0; round < rounds; round++) {
      const turn = async (contender: 'kafkajs' | 'millrace', share: number) => {
        await createTopic(admin, 'web-orders', partitions)
        return throughput(admin, jobOf(contender, one), Math.floor(outputs * share))
      }
      turns.push({ kafkajs: await turn('kafkajs', kafkajsShare), millrace: await turn('millrace', 1) })
    }
    const ratio = median(turns.map(({ kafkajs: k, millrace: m }) => m.recordsPerCpuSecond / k.recordsPerCpuSecond))
    const perCpuSecond = (contender: 'kafkajs' | 'millrace'): number =>
      Math.round(median(turns.map((turn) => turn[contender].recordsPerCpuSecond)))
    const recordsPerCpuSecond = { kafkajs: perCpuSecond('kafkajs'), millrace: perCpuSecond('millrace') }
    const result = { ...one, ratio: Math.round(ratio * 10) / 10, recordsPerCpuSecond, turns }
    console.error(JSON.stringify(result))
    results.push(result)
  }
  const latencies: object[] = []
  for (const one of load.seconds > 0 ? cases : []) {
    const measured: Record<string, object> = {}
    const measure = async (name: string, job: Job): Promise<void> => {
      await createTopic(admin, 'orders', partitions)
      await createTopic(admin, 'web-orders', partitions)
      measured[name] = await latency(job, { ...load, partitions, orderId })
    }
    await measure('kafkajs', jobOf('kafkajs', one))
    await measure('millrace', jobOf('millrace', one))
    if (one.guarantee === 'at_least_once' && one.compression === 'none') {
      await measure('millrace, linger 5', jobOf('millrace', { ...one, linger: 5 }))
      await measure('raw', jobOf('raw', one))
    }
    console.error(JSON.stringify({ ...one, ...measured }))
    latencies.push({ ...one, ...measured })
  }
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length }
  console.log(
    JSON.stringify(
      { ...machine, partitions, throughput: results, latency: { ...load, cases: latencies } },
      undefined,
      2,
    ),
  )
} finally {
  await admin.disconnect()
  await setting.close()
}
