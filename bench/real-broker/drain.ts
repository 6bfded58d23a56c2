import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { startChild } from './child.js'
import type { Job } from './job.js'

export interface Drained {
  readonly outputs: number
  readonly cpuSeconds: number
  readonly recordsPerCpuSecond: number
  /** With start-up, as the peers were measured. */
  readonly recordsPerCpuSecondOfLife: number
  readonly maxRssMiB: number
}

export interface Goal {
  /** Orders to be committed. */
  readonly records: number
  readonly output: string
  /** Behind a repartition topic the last orders are on their way when they are committed. */
  readonly leastOutputs: number
}

const POLL_MS = 100

/** Runs a pipeline until all orders are committed; what it made for itself goes afterwards. */
export async function drain(admin: Admin, job: Job, { records, output, leastOutputs }: Goal): Promise<Drained> {
  const child = await startChild(job)
  const deadline = performance.now() + 180_000
  while ((await committed(admin, job.group)) < records || (await written(admin, output)) < leastOutputs) {
    if (performance.now() > deadline) throw new Error(`${job.group} has not come to the end of its input in 3 minutes`)
    await delay(POLL_MS)
  }
  const { cpuSeconds, startUpCpuSeconds, maxRssMiB } = await child.stop()
  const outputs = await written(admin, output)
  const own = (await admin.listTopics()).filter((topic) => topic.startsWith(`${job.group}-`))
  await admin.deleteTopics({ topics: own })
  if (job.stateDirectory !== undefined) await rm(job.stateDirectory, { recursive: true, force: true })
  return {
    outputs,
    cpuSeconds,
    recordsPerCpuSecond: Math.round(records / cpuSeconds),
    recordsPerCpuSecondOfLife: Math.round(records / (cpuSeconds + startUpCpuSeconds)),
    maxRssMiB,
  }
}

/** Under exactly-once with the markers of transactions. */
async function written(admin: Admin, topic: string): Promise<number> {
  const offsets = await admin.fetchTopicOffsets(topic)
  return offsets.reduce((sum, { offset }) => sum + Number(offset), 0)
}

async function committed(admin: Admin, groupId: string): Promise<number> {
  const [topic] = await admin.fetchOffsets({ groupId, topics: ['orders'] })
  return (topic?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0)
}
