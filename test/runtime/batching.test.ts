/** `produce.linger` and `produce.batchBytes`: how many batches the records of one task make. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import type { AppOptions } from '../../runtime/index.js'
import { KafkaClient } from '../../runtime/kafka/client.js'
import { api } from '../../runtime/kafka/protocol/index.js'
import { BatchCursor } from '../../runtime/kafka/record-batch/index.js'
import { KafkajsTransport } from '../../runtime/kafka/transport/kafkajs-transport.js'
import { appOn, identity, topicPair } from './support/app-under-test.js'
import { handWritten } from './support/hand-written-pipeline.js'
import { eventually, produceTo } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker()
})
afterAll(() => broker.close())

/** Records per batch of the only partition. */
const batchesOf = async (topic: string): Promise<number[]> => {
  const client = new KafkaClient(new KafkajsTransport({ brokers: [broker.bootstrap], clientId: 'test' }))
  try {
    await client.refresh([topic])
    const response = await client.request(client.leader(topic, 0) ?? 1, 'fetch', api.Fetch, {
      maxWaitMs: 0,
      minBytes: 0,
      topics: [{ topic, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1_000_000 }] }],
    })
    const records = response.responses[0]?.partitions[0]?.records ?? Buffer.alloc(0)
    return [...new BatchCursor(records)].map(({ header }) => header.count)
  } finally {
    await client.close()
  }
}

const batchesWith = async (produce: NonNullable<AppOptions['produce']>, count: number): Promise<number[]> => {
  const { input, output, applicationId } = await topicPair(broker, 1)
  const pipeline = handWritten({ applicationId, inputs: [input], output, map: identity })
  // One batch each, all there before the application starts.
  for (let i = 0; i < count; i++) await produceTo(broker.bootstrap, input, [{ value: 'x'.repeat(100) }])
  const app = appOn(broker, pipeline, { produce, commitInterval: 300 })
  await app.start()
  const batches = await eventually(
    () => batchesOf(output),
    (sizes) => sizes.reduce((sum, size) => sum + size, 0) === count,
  )
  await app.close()
  return batches
}

it('records wait for others, at most until the commit', async () => {
  expect(await batchesWith({ linger: 60_000 }, 20)).toEqual([20])
})

it('a batch leaves with the record that fills it, whatever the linger is', async () => {
  expect(await batchesWith({ linger: 60_000, batchBytes: 400 }, 20)).toEqual([4, 4, 4, 4, 4])
})
