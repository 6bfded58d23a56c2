/** One contender in a process of its own: joins its group, works until it is told to stop, and tells its CPU time. */
import { createApp } from '../../runtime/index.js'
import type { Job, Told } from './job.js'
import { startKafkajs } from './kafkajs-loop.js'
import { startRawLoop } from './raw-loop.js'

const job = JSON.parse(process.argv[2] ?? '') as Job
const starts = { kafkajs: startKafkajs, millrace: startMillrace, raw: startRawLoop }
const close = await starts[job.contender](job)
const start = process.cpuUsage()
process.once('message', () => {
  void close().then(() => {
    const { user, system } = process.cpuUsage(start)
    tell({
      type: 'stopped',
      cpuSeconds: (user + system) / 1e6,
      startUpCpuSeconds: (start.user + start.system) / 1e6,
      maxRssMiB: process.resourceUsage().maxRSS / 1024,
    })
    process.disconnect()
  })
})
// Who asked is gone.
process.once('disconnect', () => process.exit())
tell({ type: 'ready' })

function tell(message: Told): void {
  process.send?.(message)
}

async function startMillrace(job: Job) {
  const { pipeline, group, brokers, registryUrl, guarantee, compression, linger, stateDirectory = false } = job
  const app = createApp({
    pipeline,
    applicationId: group,
    kafka: { brokers: brokers.split(',') },
    registry: { url: registryUrl },
    guarantee,
    produce: { compression, ...(linger === undefined ? {} : { linger }) },
    state: { directory: stateDirectory },
    threads: 1,
    env: {},
  })
  await app.start()
  return () => app.close()
}
