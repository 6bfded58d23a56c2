/** Receive buffers are used again. All tests run with fetched bytes overwritten when they are done with; this shows it. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import { appOn, topicPair } from './support/app-under-test.js'
import { handWritten } from './support/hand-written-pipeline.js'
import { eventually, produceTo, readAll } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker()
})
afterAll(() => broker.close())

it('whoever keeps a view of a fetched record finds it overwritten, and whoever does not finds all records', async () => {
  const { input, output, applicationId } = await topicPair(broker, 1)
  const views: Buffer[] = []
  const pipeline = handWritten({
    applicationId,
    inputs: [input],
    output,
    map: (value) => {
      if (value !== null) views.push(value)
      return value ?? undefined
    },
  })
  const app = appOn(broker, pipeline)
  await app.start()
  const sent = ['one', 'two', 'three']
  for (const value of sent) await produceTo(broker.bootstrap, input, [{ value }])
  const found = await eventually(
    () => readAll(broker.bootstrap, output),
    (records) => records.length === sent.length,
  )
  await app.close()
  expect(found.map(({ value }) => String(value))).toEqual(sent)
  expect(views.map((view) => new Set(view))).toEqual(sent.map(() => new Set([0xaa])))
})
