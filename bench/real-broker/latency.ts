import { KafkaClient } from '../../runtime/kafka/client.js'
import { KafkajsTransport } from '../../runtime/kafka/transport/kafkajs-transport.js'
import { startChild } from './child.js'
import type { Job } from './job.js'
import { PacedWriter, type Load } from './paced-writer.js'
import { startReading } from './output-reader.js'

export interface Latency {
  readonly records: number
  /** ms from just before a record is written to when its result has been read, both by the same process. */
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** CPU of the contender meanwhile, start-up left out. */
  readonly cores: number
  readonly maxRssMiB: number
  /** Why there are no times. */
  readonly noResult?: string
}

/** Lets a contender work at a fixed rate. */
export async function latency(job: Job, load: Load): Promise<Latency> {
  const client = new KafkaClient(new KafkajsTransport({ brokers: job.brokers.split(','), clientId: 'bench' }))
  try {
    await client.refresh(['orders', 'web-orders'])
    const child = await startChild(job)
    const started = performance.now()
    const reader = startReading(client, load)
    const writer = new PacedWriter(client, load)
    await writer.run(load.warmUpSeconds)
    reader.clear()
    await writer.run(load.seconds)
    const times = reader.latencies()
    const seconds = (performance.now() - started) / 1000
    const usage = await child.stop()
    await reader.close()
    const sorted = times.toSorted((a, b) => a - b)
    const at = (share: number): number => round(sorted[Math.ceil(share * sorted.length) - 1] ?? NaN)
    return {
      records: sorted.length,
      p50: at(0.5),
      p99: at(0.99),
      max: at(1),
      cores: Math.round((usage.cpuSeconds / seconds) * 1000) / 1000,
      maxRssMiB: usage.maxRssMiB,
      ...(sorted.length > 0 ? {} : { noResult: 'none of its outputs was committed and read while it was measured' }),
    }
  } finally {
    await client.close()
  }
}

const round = (ms: number): number => Math.round(ms * 10) / 10
