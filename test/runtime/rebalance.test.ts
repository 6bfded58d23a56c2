import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import { appOn, identity, numbered, topicPair } from './support/app-under-test.js'
import { handWritten } from './support/hand-written-pipeline.js'
import { eventually, produceTo, readAll, withAdmin } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker()
})
afterAll(async () => {
  await broker.close()
})

const values = async (topic: string): Promise<Set<string>> =>
  new Set((await readAll(broker.bootstrap, topic)).map(({ value }) => String(value)))

describe('rebalances', () => {
  it('lose nothing while members come and go, and keep the order of each key', async () => {
    const { input, output, applicationId } = await topicPair(broker, 6)
    const pipeline = handWritten({ applicationId, inputs: [input], output, map: identity })
    const apps = [appOn(broker, pipeline)]
    await apps[0]?.start()
    let sent = 0
    const produce = async (): Promise<void> => {
      await produceTo(broker.bootstrap, input, numbered(500, sent))
      sent += 500
    }
    await produce()
    const second = appOn(broker, pipeline)
    await Promise.all([second.start(), produce()])
    const third = appOn(broker, pipeline)
    await Promise.all([third.start(), produce()])
    await Promise.all([apps[0]?.close(), produce()])
    await produce()
    await eventually(
      () => values(output),
      (seen) => seen.size === sent,
    )
    await Promise.all([second.close(), third.close()])

    const records = await readAll(broker.bootstrap, output)
    const lastByKey = new Map<string, number>()
    const firstSeen = new Set<string>()
    for (const { key, value } of records) {
      const text = String(value)
      if (firstSeen.has(text)) continue
      firstSeen.add(text)
      const n = Number(text.slice(1))
      expect(n).toBeGreaterThan(lastByKey.get(String(key)) ?? -1)
      lastByKey.set(String(key), n)
    }
    expect(records).toHaveLength(sent)
    const offsets = await withAdmin(broker.bootstrap, (admin) =>
      admin.fetchOffsets({ groupId: applicationId, topics: [input] }),
    )
    const committed = offsets
      .flatMap(({ partitions }) => partitions)
      .reduce((sum, { offset }) => sum + Number(offset), 0)
    expect(committed).toBe(sent)
  })

  it('share the tasks out evenly', async () => {
    const { input, output, applicationId } = await topicPair(broker, 4)
    const pipeline = handWritten({ applicationId, inputs: [input], output, map: identity })
    const [one, two] = [appOn(broker, pipeline), appOn(broker, pipeline)]
    await one.start()
    await two.start()
    const shares = await eventually(
      () =>
        withAdmin(broker.bootstrap, async (admin) => {
          const { groups } = await admin.describeGroups([applicationId])
          return groups[0]?.members.map(({ memberAssignment }) => memberAssignment.length) ?? []
        }),
      (found) => found.length === 2,
    )
    expect(shares[0]).toBe(shares[1])
    await Promise.all([one.close(), two.close()])
  })

  it('give no tasks to a process with another topology', async () => {
    const { input, output, applicationId } = await topicPair(broker, 2)
    const pipelineOf = (topologyHash: string) =>
      handWritten({ applicationId, inputs: [input], output, topologyHash, map: () => Buffer.from(topologyHash) })
    const old = appOn(broker, pipelineOf('old'))
    await old.start()
    const other = appOn(broker, pipelineOf('new'))
    await other.start()
    await produceTo(broker.bootstrap, input, numbered(100))
    const records = await eventually(
      () => readAll(broker.bootstrap, output),
      (all) => all.length === 100,
    )
    expect(new Set(records.map(({ value }) => String(value))).size).toBe(1)
    await Promise.all([old.close(), other.close()])
  })

  it('bring in partitions that a topic gets later', async () => {
    const { input, output, applicationId } = await topicPair(broker, 1)
    const app = appOn(broker, handWritten({ applicationId, inputs: [input], output, map: identity }), {
      metadataMaxAge: 100,
    })
    await app.start()
    await withAdmin(broker.bootstrap, (admin) =>
      admin.createPartitions({ topicPartitions: [{ topic: input, count: 3 }] }),
    )
    await produceTo(broker.bootstrap, input, numbered(300))
    await eventually(
      () => values(output),
      (seen) => seen.size === 300,
    )
    await app.close()
  })
})
