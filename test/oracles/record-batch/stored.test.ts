import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildBatch, COMPRESSION_TYPES } from '../../../runtime/kafka/record-batch/index.js'
import { openRealBroker } from '../../e2e/real-cluster.js'
import { realEnvironment } from '../../kafka/setup/real-environment.js'
import { javaTool } from '../clients/java-tool.js'
import { openWire, type Wire } from '../clients/wire.js'
import { sampleRecords, toInput } from './sample-records.js'

const records = toInput(sampleRecords(Date.now()))
let wire: Wire

beforeAll(() => {
  wire = openWire(realEnvironment().brokers)
})
afterAll(() => wire.close())

it.each(COMPRESSION_TYPES)('a batch with codec %s is stored by Apache Kafka as we sent it', async (compression) => {
  const { brokers, dataDirectory } = realEnvironment()
  const topic = `stored-${compression}`
  const client = await openRealBroker(brokers)
  await client.createTopic(topic, { config: { 'compression.type': 'producer', 'max.message.bytes': '4000000' } })
  await wire.produce(topic, 0, buildBatch(records, { compression }))

  const segment = `${dataDirectory}/${topic}-0/00000000000000000000.log`
  const dump = await javaTool('org.apache.kafka.tools.DumpLogSegments', ['--files', segment])
  expect(dump).toContain(`count: ${records.length}`)
  expect(dump).toContain(`compresscodec: ${compression}`)
  expect(dump).toContain('isvalid: true')
})
