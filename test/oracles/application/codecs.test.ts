import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMPRESSION_TYPES } from '../../../runtime/kafka/record-batch/index.js'
import { createApp } from '../../../runtime/index.js'
import { clusterClient, type ClusterClient } from '../../e2e/kafkajs-cluster.js'
import { handWritten } from '../../runtime/support/hand-written-pipeline.js'
import { silent } from '../../runtime/support/topics.js'
import { brokersUnderTest, type BrokerUnderTest } from '../brokers-under-test.js'
import { consumeWithConfluentKafka, produceWithConfluentKafka } from '../clients/confluent-kafka.js'
import { consumeWithConsole } from '../clients/console.js'
import { javaTool } from '../clients/java-tool.js'
import { hex, type PlainRecord } from '../clients/plain-record.js'
import { sampleRecords } from '../record-batch/sample-records.js'

/** Headers are the pipeline's to forward, and the one here does not; null values it would drop. */
const records = sampleRecords(Date.now())
  .filter(({ value }) => value !== null)
  .map((record) => ({ ...record, headers: [] }))

const topicConfig = { 'max.message.bytes': '4000000' }

describe.each(brokersUnderTest)('an application on $name', ({ open }) => {
  let broker: BrokerUnderTest
  let client: ClusterClient

  beforeAll(async () => {
    broker = await open()
    client = clusterClient(broker.brokers)
  })
  afterAll(() => broker.close())

  it.each(COMPRESSION_TYPES)('stands between clients of others with codec %s', async (compression) => {
    const [input, output, applicationId] = [`in-${compression}`, `out-${compression}`, `app-${compression}`]
    await client.createTopic(input, { config: topicConfig })
    await client.createTopic(output, { config: { ...topicConfig, 'compression.type': 'producer' } })
    await produceWithConfluentKafka(broker.brokers, input, 0, compression, records)

    const app = createApp({
      pipeline: handWritten({ applicationId, inputs: [input], output, map: (value) => value ?? undefined }),
      kafka: { brokers: broker.brokers.split(',') },
      produce: { compression },
      logger: silent,
      env: {},
    })
    await app.start()
    // Both wait until they have that many records.
    expect(await consumeWithConfluentKafka(broker.brokers, output, 0, records.length)).toEqual(records)
    expect(await consumeWithConsole(broker.brokers, output, 0, records.length)).toEqual(records)
    await app.close()

    const read = await client.read(output)
    const plain = read.map(({ key, value, timestamp }): PlainRecord => ({
      key: hex(key),
      value: hex(value),
      timestamp,
      headers: [],
    }))
    expect(plain).toEqual(records)
    expect(await lagOf(broker.brokers, applicationId)).toEqual([`${input} 0 ${records.length} ${records.length} 0`])
  })
})

/** Topic, partition, committed offset, end offset and lag, as Java's command prints them. */
async function lagOf(brokers: string, group: string): Promise<readonly string[]> {
  const command = 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand'
  const output = await javaTool(command, ['--bootstrap-server', brokers, '--describe', '--offsets', '--group', group])
  return output
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([name]) => name === group)
    .map((columns) => columns.slice(1, 6).join(' '))
}
