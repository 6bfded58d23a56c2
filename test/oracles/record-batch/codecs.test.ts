import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildBatch, COMPRESSION_TYPES } from '../../../runtime/kafka/record-batch/index.js'
import { clusterClient, type ClusterClient } from '../../e2e/kafkajs-cluster.js'
import { brokersUnderTest, type BrokerUnderTest } from '../brokers-under-test.js'
import { consumeWithConfluentKafka, produceWithConfluentKafka } from '../clients/confluent-kafka.js'
import { consumeWithConsole, produceWithConsole } from '../clients/console.js'
import { hex, type PlainRecord } from '../clients/plain-record.js'
import { openWire, type Wire } from '../clients/wire.js'
import { sampleRecords, toInput } from './sample-records.js'

const topicConfig = { 'compression.type': 'producer', 'max.message.bytes': '4000000' }
const records = sampleRecords(Date.now())

describe.each(brokersUnderTest)('on $name', ({ open }) => {
  let broker: BrokerUnderTest
  let wire: Wire
  let client: ClusterClient

  beforeAll(async () => {
    broker = await open()
    wire = openWire(broker.brokers)
    client = clusterClient(broker.brokers)
  })
  afterAll(async () => {
    await wire.close()
    await broker.close()
  })

  describe.each(COMPRESSION_TYPES)('batches with codec %s', (compression) => {
    const topic = `ours-${compression}`

    beforeAll(async () => {
      await client.createTopic(topic, { config: topicConfig })
      await wire.produce(topic, 0, buildBatch(toInput(records), { compression }))
    })

    it('that we write are read by the Java consumer', async () => {
      expect(await consumeWithConsole(broker.brokers, topic, 0, records.length)).toEqual(records)
    })

    it('that we write are read by librdkafka', async () => {
      expect(await consumeWithConfluentKafka(broker.brokers, topic, 0, records.length)).toEqual(records)
    })

    it('that we write are read by kafkajs', async () => {
      const read = await client.read(topic)
      expect(read.map(({ key, value, timestamp }) => ({ key: hex(key), value: hex(value), timestamp }))).toEqual(
        records.map(({ key, value, timestamp }) => ({ key, value, timestamp })),
      )
    })

    it('that librdkafka writes are read by us', async () => {
      const theirs = `librdkafka-${compression}`
      await client.createTopic(theirs, { config: topicConfig })
      await produceWithConfluentKafka(broker.brokers, theirs, 0, compression, records)
      const fetched = await wire.fetchAll(theirs, 0)
      expect(fetched.records).toEqual(records)
      // It sends a batch as it is when compressing does not make it smaller.
      expect(fetched.compressions).toContain(compression)
    })

    it('that the Java producer writes are read by us', async () => {
      const theirs = `java-${compression}`
      await client.createTopic(theirs, { config: topicConfig })
      const lines = Array.from({ length: 300 }, (_, i) => ({
        key: `key-${i % 11}`,
        value: i % 50 === 49 ? null : `value ${i} ${'Zürich '.repeat(i)}`,
        header: `console-${i}`,
      }))
      await produceWithConsole(broker.brokers, theirs, compression, lines)
      const fetched = await wire.fetchAll(theirs, 0)
      const expected = lines.map(({ key, value, header }): Omit<PlainRecord, 'timestamp'> => ({
        key: hex(key),
        value: hex(value),
        headers: [['source', hex(header)]],
      }))
      expect(fetched.records.map(({ key, value, headers }) => ({ key, value, headers }))).toEqual(expected)
      expect(fetched.compressions).toContain(compression)
    })
  })
})
