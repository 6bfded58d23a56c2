/** Two applications of one compiled pipeline keep apart: the id names the group and every internal topic. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import { appOn, numbered, topicPair } from './support/app-under-test.js'
import { counting } from './support/counting-pipeline.js'
import { eventually, produceTo, readAll } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker({ brokers: 1 })
})
afterAll(async () => {
  await broker.close()
})

it('renames changelogs and repartition topics with the application', async () => {
  const { input, output, applicationId } = await topicPair(broker, 1)
  const pipeline = counting({ applicationId, inputs: [input], output })
  const serde = { kind: 'string' } as const
  const topic = `${applicationId}-again-repartition`
  const manifest = {
    ...pipeline.manifest,
    sinks: [...pipeline.manifest.sinks, { topic, key: serde, value: serde }],
    internalTopics: [{ topic, partitions: 2, config: {} }],
  }
  await produceTo(broker.bootstrap, input, numbered(50))
  for (const id of [applicationId, `${applicationId}-blue`]) {
    const app = appOn(broker, { ...pipeline, manifest }, { applicationId: id })
    await app.start()
    // Each counts on its own: with a changelog of both, the second would begin at 1.
    await eventually(
      () => readAll(broker.bootstrap, `${id}-counts-changelog`),
      (rows) => rows.length >= 50,
    )
    await app.close()
    const { endOffsets } = await broker.stats()
    expect(endOffsets[`${id}-again-repartition`]).toHaveLength(2)
  }
  const values = (await readAll(broker.bootstrap, output)).map(({ value }) => String(value))
  expect(values).toHaveLength(100)
  expect(values.every((value) => value.endsWith('=1'))).toBe(true)
})

it('leaves a source topic its name where it serves as changelog', async () => {
  const { input, output, applicationId } = await topicPair(broker, 1)
  const pipeline = counting({ applicationId, inputs: [input], output })
  const stores = pipeline.manifest.stores.map((store) => ({ ...store, changelog: { topic: input, config: {} } }))
  const manifest = { ...pipeline.manifest, stores }
  const app = appOn(broker, { ...pipeline, manifest }, { applicationId: `${applicationId}-2` })
  await app.start()
  await app.close()
  const { endOffsets } = await broker.stats()
  expect(Object.keys(endOffsets).filter((topic) => topic.includes(`${applicationId}-2`))).toEqual([])
})
