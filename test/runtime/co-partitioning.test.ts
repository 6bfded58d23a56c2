/** Topics whose keys meet must have the same partitions: seen before anything is created or read. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import { internalPartitions } from '../../runtime/executor/topology.js'
import { appOn, topicPair } from './support/app-under-test.js'
import { counting, countsChangelog } from './support/counting-pipeline.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker({ brokers: 1 })
})
afterAll(async () => {
  await broker.close()
})

it('is refused at start, with the fix', async () => {
  const { input, output, applicationId } = await topicPair(broker, 4)
  const narrow = `${input}-narrow`
  await broker.createTopic(narrow, { partitions: 2 })
  const pipeline = counting({ applicationId, inputs: [input, narrow], output })
  const manifest = { ...pipeline.manifest, coPartitioned: [{ operator: 'both', topics: [input, narrow] }] }
  await expect(appOn(broker, { ...pipeline, manifest }).start()).rejects.toThrow(
    `both brings records of the same key together, but ${input} has 4 partitions, ${narrow} has 2 partitions: ` +
      `write \`.repartition({ partitions: 4 })\` behind the stream of ${narrow}`,
  )
  const { endOffsets } = await broker.stats()
  expect(endOffsets[countsChangelog(applicationId)]).toBeUndefined()
})

it('is what internal topics follow', async () => {
  const { input, output, applicationId } = await topicPair(broker, 1)
  const pipeline = counting({ applicationId, inputs: [input], output })
  const serde = { kind: 'string' } as const
  const again = `${applicationId}-again-repartition`
  const manifest = {
    ...pipeline.manifest,
    sinks: [...pipeline.manifest.sinks, { topic: again, key: serde, value: serde }],
    subTopologies: pipeline.manifest.subTopologies.map((sub) => ({ ...sub, outputs: [0, 1] })),
    internalTopics: [{ topic: again, partitions: undefined, config: {} }],
  }
  const partitions = (topic: string): number => (topic === 'wide' ? 6 : 1)
  expect(internalPartitions(manifest, partitions).get(again)).toBe(1)
  const joined = { ...manifest, coPartitioned: [{ operator: 'both', topics: [again, 'wide'] }] }
  expect(internalPartitions(joined, partitions).get(again)).toBe(6)
})
