import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMPRESSION_TYPES, buildBatch, type CompressionType } from '../../runtime/kafka/record-batch/index.js'
import { createApp, type App } from '../../runtime/index.js'
import { KafkaClient } from '../../runtime/kafka/client.js'
import { api } from '../../runtime/kafka/protocol/index.js'
import { KafkajsTransport } from '../../runtime/kafka/transport/kafkajs-transport.js'
import { handWritten } from '../runtime/support/hand-written-pipeline.js'
import { eventually, readAll, silent } from '../runtime/support/topics.js'
import { openCluster, type Cluster } from './cluster.js'

/** The data plane and the group protocol, with a task written by hand. */
let cluster: Cluster

beforeAll(async () => {
  cluster = await openCluster()
})
afterAll(() => cluster.close())

const appOn = (applicationId: string, input: string, output: string, compression: CompressionType = 'none'): App =>
  createApp({
    pipeline: handWritten({ applicationId, inputs: [input], output, map: (value) => value ?? undefined }),
    kafka: { brokers: cluster.brokers.split(',') },
    logger: silent,
    env: {},
    sessionTimeout: 6000,
    heartbeatInterval: 100,
    commitInterval: 200,
    produce: { compression },
    fetch: { overwriteDone: true },
  })

const values = async (topic: string): Promise<string[]> =>
  (await readAll(cluster.brokers, topic)).map(({ value }) => String(value)).sort()

const numbered = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => `v${from + i}`)

const produceBatch = async (topic: string, records: Buffer): Promise<void> => {
  const client = new KafkaClient(new KafkajsTransport({ brokers: cluster.brokers.split(','), clientId: 'writer' }))
  try {
    await client.refresh([topic])
    const response = await client.request(client.leader(topic, 0) ?? 0, 'produce', api.Produce, {
      acks: -1,
      timeoutMs: 10_000,
      topicData: [{ name: topic, partitionData: [{ index: 0, records }] }],
    })
    expect(response.responses[0]?.partitionResponses[0]?.errorCode).toBe(0)
  } finally {
    await client.close()
  }
}

describe('the runtime', () => {
  it.each(COMPRESSION_TYPES)('reads and writes %s', async (compression) => {
    const [input, output] = [`in-${compression}`, `out-${compression}`]
    await cluster.createTopic(input)
    await cluster.createTopic(output)
    const record = (text: string) => ({
      timestamp: Date.now(),
      key: Buffer.from(text),
      value: Buffer.from(text.repeat(20)),
    })
    await produceBatch(input, buildBatch(numbered(500).map(record), { compression }))
    const app = appOn(`app-${compression}`, input, output, compression)
    await app.start()
    const found = await eventually(
      () => values(output),
      (all) => all.length === 500,
    )
    await app.close()
    expect(found).toEqual(
      numbered(500)
        .map((text) => text.repeat(20))
        .sort(),
    )
  })

  it('shares the work of a group, hands it over, and goes on where it stopped', async () => {
    await cluster.createTopic('shared-in', { partitions: 4 })
    await cluster.createTopic('shared-out', { partitions: 3 })
    let sent = 0
    const produce = async (): Promise<void> => {
      await cluster.produce(
        'shared-in',
        numbered(500, sent).map((value, i) => ({ key: `k${i % 40}`, value })),
      )
      sent += 500
    }
    await produce()
    const first = appOn('shared', 'shared-in', 'shared-out')
    await first.start()
    const second = appOn('shared', 'shared-in', 'shared-out')
    await Promise.all([second.start(), produce()])
    await Promise.all([first.close(), produce()])
    await eventually(
      () => values('shared-out'),
      (all) => all.length >= sent,
    )
    await second.close()
    await produce()
    const third = appOn('shared', 'shared-in', 'shared-out')
    await third.start()
    const found = await eventually(
      () => values('shared-out'),
      (all) => all.length >= sent,
    )
    await third.close()
    expect(found).toEqual(numbered(sent).sort())
    expect((await cluster.read('shared-out')).length).toBe(sent)
  })
})
