import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import { createApp } from '../../runtime/index.js'
import { handWritten } from './support/hand-written-pipeline.js'
import { eventually, produceTo, readAll, silent, withAdmin } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker()
})
afterAll(async () => {
  await broker.close()
})

const upper = (value: Buffer | null): Buffer | undefined =>
  value === null ? undefined : Buffer.from(value.toString().toUpperCase())

describe('an application', () => {
  it('processes a topic, commits, and goes on where it stopped', async () => {
    await broker.createTopic('in-1', { partitions: 3 })
    await broker.createTopic('out-1', { partitions: 2 })
    const pipeline = handWritten({ applicationId: 'app-1', inputs: ['in-1'], output: 'out-1', map: upper })
    const options = { pipeline, kafka: { brokers: broker.bootstrap.split(',') }, logger: silent, env: {} }
    const messages = (from: number) =>
      Array.from({ length: 1000 }, (_, i) => ({ key: `k${i % 50}`, value: `v${from + i}` }))

    await produceTo(broker.bootstrap, 'in-1', messages(0))
    const first = createApp(options)
    const states: string[] = []
    first.onStateChange((state) => states.push(state))
    await first.start()
    await eventually(
      () => readAll(broker.bootstrap, 'out-1'),
      (records) => records.length === 1000,
    )
    await first.close()
    expect(states).toEqual(['REBALANCING', 'RUNNING', 'PENDING_SHUTDOWN', 'NOT_RUNNING'])

    const committed = await withAdmin(broker.bootstrap, (admin) =>
      admin.fetchOffsets({ groupId: 'app-1', topics: ['in-1'] }),
    )
    const sum = committed
      .flatMap(({ partitions }) => partitions)
      .reduce((total, { offset }) => total + Number(offset), 0)
    expect(sum).toBe(1000)

    await produceTo(broker.bootstrap, 'in-1', messages(1000))
    const second = createApp(options)
    await second.start()
    const records = await eventually(
      () => readAll(broker.bootstrap, 'out-1'),
      (all) => all.length >= 2000,
    )
    await second.close()
    const values = records.map(({ value }) => value?.toString())
    expect(values).toHaveLength(2000)
    expect(new Set(values)).toEqual(new Set(Array.from({ length: 2000 }, (_, i) => `V${i}`)))
  })
})
