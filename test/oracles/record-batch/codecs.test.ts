import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildBatch, COMPRESSION_TYPES } from '../../../runtime/kafka/record-batch/index.js'
import { openCluster, type Cluster } from '../../e2e/cluster.js'
import { realEnvironment } from '../../kafka/setup/real-environment.js'
import { consumeWithConfluentKafka, produceWithConfluentKafka } from '../clients/confluent-kafka.js'
import { consumeWithConsole, produceWithConsole } from '../clients/console.js'
import { javaTool } from '../clients/java-tool.js'
import { hex, unhex, type PlainRecord } from '../clients/plain-record.js'
import { openWire, type Wire } from '../clients/wire.js'
import { sampleRecords } from './sample-records.js'

let cluster: Cluster
let wire: Wire

beforeAll(async () => {
  cluster = await openCluster()
  wire = openWire(cluster.brokers)
})
afterAll(async () => {
  await wire.close()
  await cluster.close()
})

describe.each(COMPRESSION_TYPES)('batches with codec %s', (compression) => {
  const topic = `ours-${compression}`
  const records = sampleRecords(Date.now())

  beforeAll(async () => {
    await cluster.createTopic(topic, { config: { 'compression.type': 'producer', 'max.message.bytes': '4000000' } })
    const input = records.map(({ key, value, timestamp, headers }) => ({
      key: unhex(key),
      value: unhex(value),
      timestamp,
      headers: headers.map(([name, content]) => ({ key: name, value: unhex(content) })),
    }))
    await wire.produce(topic, 0, buildBatch(input, { compression }))
  })

  it('that we write are stored by the broker as they are', async () => {
    const segment = `${realEnvironment().dataDirectory}/${topic}-0/00000000000000000000.log`
    const dump = await javaTool('org.apache.kafka.tools.DumpLogSegments', ['--files', segment])
    expect(dump).toContain(`count: ${records.length}`)
    expect(dump).toContain(`compresscodec: ${compression}`)
    expect(dump).toContain('isvalid: true')
  })

  it('that we write are read by the Java consumer', async () => {
    expect(await consumeWithConsole(topic, 0, records.length)).toEqual(records)
  })

  it('that we write are read by librdkafka', async () => {
    expect(await consumeWithConfluentKafka(topic, 0, records.length)).toEqual(records)
  })

  it('that we write are read by kafkajs', async () => {
    const read = await cluster.read(topic)
    expect(read.map(({ key, value, timestamp }) => ({ key: hex(key), value: hex(value), timestamp }))).toEqual(
      records.map(({ key, value, timestamp }) => ({ key, value, timestamp })),
    )
  })

  it('that librdkafka writes are read by us', async () => {
    const theirs = `librdkafka-${compression}`
    await cluster.createTopic(theirs, { config: { 'compression.type': 'producer', 'max.message.bytes': '4000000' } })
    await produceWithConfluentKafka(theirs, 0, compression, records)
    const fetched = await wire.fetchAll(theirs, 0)
    expect(fetched.records).toEqual(records)
    // librdkafka sends a batch as it is when compressing does not make it smaller.
    expect(fetched.compressions).toContain(compression)
  })

  it('that the Java producer writes are read by us', async () => {
    const theirs = `java-${compression}`
    await cluster.createTopic(theirs, { config: { 'compression.type': 'producer' } })
    const lines = Array.from({ length: 300 }, (_, i) => ({
      key: `key-${i % 11}`,
      value: i % 50 === 49 ? null : `value ${i} ${'Zürich '.repeat(i)}`,
      header: `console-${i}`,
    }))
    await produceWithConsole(theirs, compression, lines)
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
