import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import { ErrorCode } from '../../runtime/kafka/protocol/index.js'
import type { App } from '../../runtime/index.js'
import { appOn, identity, numbered, topicPair } from './support/app-under-test.js'
import { handWritten } from './support/hand-written-pipeline.js'
import { eventually, kafkaOf, produceTo, readAll, withAdmin } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker()
})
afterEach(() => broker.faults.clear())
afterAll(async () => {
  await broker.close()
})

const setUp = async (options = {}) => {
  const { input, output, applicationId } = await topicPair(broker, 2)
  const pipeline = handWritten({ applicationId, inputs: [input], output, map: identity })
  const open = (): App => appOn(broker, pipeline, options)
  const values = async (): Promise<Set<string>> =>
    new Set((await readAll(broker.bootstrap, output)).map(({ value }) => String(value)))
  return { input, output, applicationId, open, values }
}

describe('group membership', () => {
  it.each([
    ['ILLEGAL_GENERATION', 'Heartbeat'],
    ['UNKNOWN_MEMBER_ID', 'Heartbeat'],
    ['UNKNOWN_MEMBER_ID', 'OffsetCommit'],
    ['REBALANCE_IN_PROGRESS', 'Heartbeat'],
  ] as const)('%s from %s: joins again and loses nothing', async (code, api) => {
    const { input, open, values } = await setUp()
    const app = open()
    await app.start()
    const states: string[] = []
    app.onStateChange((state) => states.push(state))
    await produceTo(broker.bootstrap, input, numbered(200))
    await broker.faults.add({ api, effect: { kind: 'error', errorCode: ErrorCode[code] } })
    await eventually(
      () => states,
      (all) => all.join() === 'REBALANCING,RUNNING',
    )
    await produceTo(broker.bootstrap, input, numbered(200, 200))
    await eventually(values, (found) => found.size === 400)
    await app.close()
  })

  it.each(['JoinGroup', 'SyncGroup', 'FindCoordinator', 'OffsetFetch', 'ListOffsets', 'InitProducerId'] as const)(
    '%s: cut connections and retriable errors only delay the start',
    async (api) => {
      const { input, open, values } = await setUp()
      await produceTo(broker.bootstrap, input, numbered(100))
      const app = open()
      await broker.faults.add({ api, effect: { kind: 'drop', when: 'before' } })
      await broker.faults.add({ api, effect: { kind: 'drop', when: 'after' } })
      const errorCode =
        api === 'ListOffsets' ? ErrorCode.NOT_LEADER_OR_FOLLOWER : ErrorCode.COORDINATOR_LOAD_IN_PROGRESS
      await broker.faults.add({ api, effect: { kind: 'error', errorCode } })
      await app.start()
      await eventually(values, (found) => found.size === 100)
      await app.close()
    },
  )

  it('goes on when no broker says where partitions are just when tasks are shared out', async () => {
    const { input, open, values } = await setUp()
    const app = open()
    await app.start()
    const states: string[] = []
    app.onStateChange((state) => states.push(state))
    await broker.faults.add({ api: 'Metadata', times: 8, effect: { kind: 'drop', when: 'before' } })
    await broker.faults.add({
      api: 'Heartbeat',
      effect: { kind: 'error', errorCode: ErrorCode.UNKNOWN_MEMBER_ID },
    })
    await eventually(
      () => states,
      (all) => all.join() === 'REBALANCING,RUNNING',
    )
    await produceTo(broker.bootstrap, input, numbered(200))
    await eventually(values, (found) => found.size === 200)
    await app.close()
  })

  it('a member whose process hangs is given up; the others take over', async () => {
    const { input, open, values } = await setUp({ sessionTimeout: 600 })
    const [one, two] = [open(), open()]
    await one.start()
    await two.start()
    await broker.faults.add({ api: 'Heartbeat', times: 1, effect: { kind: 'freeze', when: 'before' } })
    await produceTo(broker.bootstrap, input, numbered(200))
    await eventually(values, (found) => found.size === 200)
    await Promise.all([one.close(), two.close()])
  })

  it('says who is in the way when the group belongs to other clients', async () => {
    const { input, open, applicationId } = await setUp()
    const consumer = kafkaOf(broker.bootstrap).consumer({ groupId: applicationId, maxWaitTimeInMs: 100 })
    await consumer.connect()
    await consumer.subscribe({ topics: [input] })
    const joined = new Promise<void>((resolve) => {
      consumer.on(consumer.events.GROUP_JOIN, () => {
        resolve()
      })
    })
    await consumer.run({ eachMessage: () => Promise.resolve() })
    await joined
    const app = open()
    await expect(app.start()).rejects.toThrow(
      `group ${applicationId} is in use by clients of another kind: choose another application id, or stop them`,
    )
    await consumer.disconnect()
  })

  it('leaves the group when it closes, so that others need not wait', async () => {
    const { open, applicationId } = await setUp({ sessionTimeout: 20_000 })
    const app = open()
    await app.start()
    await app.close()
    const state = await withAdmin(
      broker.bootstrap,
      async (admin) => (await admin.describeGroups([applicationId])).groups[0]?.state,
    )
    expect(state).toBe('Empty')
  })

  it('closes while it waits for a rebalance that others hold up', async () => {
    const { open } = await setUp({ sessionTimeout: 5000 })
    const one = open()
    await one.start()
    // Its heartbeats are not answered: it does not hear of the rebalance.
    await broker.faults.add({ api: 'Heartbeat', times: 100, effect: { kind: 'delay', ms: 3000 } })
    const two = open()
    const started = two.start()
    await eventually(
      () => two.state,
      (state) => state === 'REBALANCING',
    )
    await Promise.all([two.close(), expect(started).rejects.toThrow()])
    expect(two.state).toBe('NOT_RUNNING')
    await broker.faults.clear()
    await one.close()
  })
})
