/**
 * Throughput of the embedded broker on raw batches, in one process: megabytes per second that a client produces and
 * fetches again, with the broker in its own thread (the default) and in the client's, as JSON.
 *
 *     npm run bench:embedded
 */
import { startBroker } from '../embedded/index.js'
import { KafkaClient } from '../runtime/kafka/client.js'
import { api } from '../runtime/kafka/protocol/index.js'
import { buildBatch } from '../runtime/kafka/record-batch/index.js'
import { KafkajsTransport } from '../runtime/kafka/transport/kafkajs-transport.js'

const TOPIC = 'bytes'
const PARTITIONS = 4
const BATCH_BYTES = 256 * 1024
const TOTAL_BYTES = 384 * 1024 * 1024
const IN_FLIGHT = 4
const FETCH_BYTES = 4 * 1024 * 1024
const ROUNDS = 3
const MB = 1_000_000

const batch = buildBatch(
  Array.from({ length: 256 }, (_, index) => ({
    timestamp: Date.now(),
    key: Buffer.from(`key-${index}`),
    value: Buffer.alloc(BATCH_BYTES / 256 - 16, index),
  })),
)

const partitions = Array.from({ length: PARTITIONS }, (_, index) => index)

const produce = async (client: KafkaClient, node: number): Promise<void> => {
  let left = Math.floor(TOTAL_BYTES / (batch.length * PARTITIONS))
  const sender = async (): Promise<void> => {
    while (left-- > 0) {
      const response = await client.request(node, 'produce', api.Produce, {
        acks: -1,
        timeoutMs: 10_000,
        topicData: [{ name: TOPIC, partitionData: partitions.map((index) => ({ index, records: batch })) }],
      })
      const failed = response.responses[0]?.partitionResponses.find(({ errorCode }) => errorCode !== 0)
      if (failed !== undefined) throw new Error(`error code ${failed.errorCode}`)
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, sender))
}

/** Each partition by itself, from the start to the end of the log. Returns the bytes. */
const fetchAll = async (client: KafkaClient, node: number): Promise<number> => {
  const read = async (partition: number): Promise<number> => {
    let bytes = 0
    for (let fetchOffset = 0n; ;) {
      const response = await client.request(node, 'fetch', api.Fetch, {
        maxWaitMs: 0,
        minBytes: 1,
        maxBytes: FETCH_BYTES,
        topics: [{ topic: TOPIC, partitions: [{ partition, fetchOffset, partitionMaxBytes: FETCH_BYTES }] }],
      })
      const data = response.responses[0]?.partitions[0]
      const records = data?.records ?? null
      if (data?.errorCode !== 0 || records === null) throw new Error(`error code ${data?.errorCode ?? -1}`)
      const whole = Math.floor(records.length / batch.length)
      if (records.length > 0) client.transport.giveBack(records)
      if (whole === 0) return bytes
      bytes += whole * batch.length
      fetchOffset += BigInt(whole * 256)
    }
  }
  const sizes = await Promise.all(partitions.map(read))
  return sizes.reduce((sum, size) => sum + size, 0)
}

interface Figures {
  readonly produceMBPerSecond: number
  readonly fetchMBPerSecond: number
  /** Of the whole process, client and broker: comparable on a busy machine, too. */
  readonly produceMBPerCpuSecond: number
  readonly fetchMBPerCpuSecond: number
}

const measure = async <T>(work: () => Promise<T>) => {
  const [started, cpu] = [performance.now(), process.cpuUsage()]
  const result = await work()
  const { user, system } = process.cpuUsage(cpu)
  return { result, seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 }
}

const round = async (thread: boolean): Promise<Figures> => {
  await using broker = await startBroker({ thread })
  await broker.createTopic(TOPIC, { partitions: PARTITIONS })
  const client = new KafkaClient(new KafkajsTransport({ brokers: [broker.bootstrap], clientId: 'bench' }))
  try {
    await client.refresh([TOPIC])
    const node = client.leader(TOPIC, 0) ?? 1
    const produced = await measure(() => produce(client, node))
    const fetched = await measure(() => fetchAll(client, node))
    const megabytes = fetched.result / MB
    return {
      produceMBPerSecond: megabytes / produced.seconds,
      fetchMBPerSecond: megabytes / fetched.seconds,
      produceMBPerCpuSecond: megabytes / produced.cpuSeconds,
      fetchMBPerCpuSecond: megabytes / fetched.cpuSeconds,
    }
  } finally {
    await client.close()
  }
}

const best = async (thread: boolean): Promise<Figures> => {
  const rounds: Figures[] = []
  for (let i = 0; i < ROUNDS; i++) rounds.push(await round(thread))
  const most = (name: keyof Figures): number => Math.round(Math.max(...rounds.map((figures) => figures[name])))
  return {
    produceMBPerSecond: most('produceMBPerSecond'),
    fetchMBPerSecond: most('fetchMBPerSecond'),
    produceMBPerCpuSecond: most('produceMBPerCpuSecond'),
    fetchMBPerCpuSecond: most('fetchMBPerCpuSecond'),
  }
}

const result = {
  megabytes: Math.round(TOTAL_BYTES / MB),
  batchBytes: batch.length,
  ownThread: await best(true),
  sameThread: await best(false),
}
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
