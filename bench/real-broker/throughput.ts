import { setTimeout as delay } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { startChild } from './child.js'
import type { Job } from './job.js'

export interface Throughput {
  readonly records: number
  readonly cpuSeconds: number
  readonly recordsPerCpuSecond: number
  readonly recordsPerSecond: number
  readonly maxRssMiB: number
}

const POLL_MS = 20

/** Runs a contender until the output topic holds `outputs` records; how many it took in, its committed offsets say. */
export async function throughput(admin: Admin, job: Job, outputs: number): Promise<Throughput> {
  const child = await startChild(job)
  const started = performance.now()
  while ((await written(admin)) < outputs) await delay(POLL_MS)
  const seconds = (performance.now() - started) / 1000
  const usage = await child.stop()
  const processed = await committed(admin, job.group)
  return {
    records: processed,
    cpuSeconds: usage.cpuSeconds,
    recordsPerCpuSecond: Math.round(processed / usage.cpuSeconds),
    recordsPerSecond: Math.round(processed / seconds),
    maxRssMiB: usage.maxRssMiB,
  }
}

async function written(admin: Admin): Promise<number> {
  const offsets = await admin.fetchTopicOffsets('web-orders')
  return offsets.reduce((sum, { offset }) => sum + Number(offset), 0)
}

async function committed(admin: Admin, groupId: string): Promise<number> {
  const [topic] = await admin.fetchOffsets({ groupId, topics: ['orders'] })
  return (topic?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0)
}
