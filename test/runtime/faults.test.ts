import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker, type FaultRule } from '../../embedded/index.js'
import { ErrorCode } from '../../runtime/kafka/protocol/index.js'
import { appOn, identity, numbered, topicPair } from './support/app-under-test.js'
import { handWritten } from './support/hand-written-pipeline.js'
import { eventually, produceTo, readAll, withAdmin } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker({ brokers: 2 })
})
afterAll(async () => {
  await broker.close()
})

const error = (code: number): FaultRule['effect'] => ({ kind: 'error', errorCode: code })

/** Each is survived without loss or duplicates; the idempotent producer recognises what the broker has already. */
const EXACT: readonly (readonly [string, readonly FaultRule[]])[] = [
  ['produce: not leader', [{ api: 'Produce', times: 3, effect: error(ErrorCode.NOT_LEADER_OR_FOLLOWER) }]],
  ['produce: not enough replicas', [{ api: 'Produce', times: 3, effect: error(ErrorCode.NOT_ENOUGH_REPLICAS) }]],
  ['produce: cut before the append', [{ api: 'Produce', times: 3, effect: { kind: 'drop', when: 'before' } }]],
  ['produce: answer lost', [{ api: 'Produce', times: 3, effect: { kind: 'drop', when: 'after' } }]],
  ['produce: half-open', [{ api: 'Produce', effect: { kind: 'freeze', when: 'before' } }]],
  ['produce: half-open after the append', [{ api: 'Produce', effect: { kind: 'freeze', when: 'after' } }]],
  ['fetch: not leader', [{ api: 'Fetch', times: 3, effect: error(ErrorCode.NOT_LEADER_OR_FOLLOWER) }]],
  ['fetch: unknown leader epoch', [{ api: 'Fetch', times: 3, effect: error(ErrorCode.UNKNOWN_LEADER_EPOCH) }]],
  ['fetch: cut', [{ api: 'Fetch', times: 3, effect: { kind: 'drop', when: 'after' } }]],
  ['fetch: half-open', [{ api: 'Fetch', effect: { kind: 'freeze', when: 'before' } }]],
  ['fetch: slow', [{ api: 'Fetch', times: 5, effect: { kind: 'delay', ms: 50 } }]],
  [
    'commit: coordinator loads',
    [{ api: 'OffsetCommit', times: 2, effect: error(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS) }],
  ],
  ['commit: cut', [{ api: 'OffsetCommit', times: 2, effect: { kind: 'drop', when: 'after' } }]],
  ['heartbeat: cut', [{ api: 'Heartbeat', times: 3, effect: { kind: 'drop', when: 'before' } }]],
  ['heartbeat: not coordinator', [{ api: 'Heartbeat', times: 2, effect: error(ErrorCode.NOT_COORDINATOR) }]],
  ['metadata: cut', [{ api: 'Metadata', times: 2, effect: { kind: 'drop', when: 'before' } }]],
]

/** Waits without the requests that the faults are meant for. */
const committed = (applicationId: string, topic: string): Promise<number> =>
  withAdmin(broker.bootstrap, async (admin) => {
    const offsets = await admin.fetchOffsets({ groupId: applicationId, topics: [topic] })
    return offsets
      .flatMap(({ partitions }) => partitions)
      .reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0)
  })

const values = async (topic: string): Promise<string[]> =>
  (await readAll(broker.bootstrap, topic)).map(({ value }) => String(value)).sort()

const expected = (count: number): string[] =>
  numbered(count)
    .map(({ value }) => value)
    .sort()

describe('faults of the broker', () => {
  it.each(EXACT)('%s', async (_, rules) => {
    const { input, output, applicationId } = await topicPair(broker, 2)
    await produceTo(broker.bootstrap, input, numbered(400))
    const app = appOn(broker, handWritten({ applicationId, inputs: [input], output, map: identity }))
    for (const rule of rules) await broker.faults.add(rule)
    await app.start()
    await eventually(
      () => committed(applicationId, input),
      (count) => count === 400,
    )
    await app.close()
    await broker.faults.clear()
    expect(await values(output)).toEqual(expected(400))
  })

  it('leaders and the coordinator move while it runs', async () => {
    const { input, output, applicationId } = await topicPair(broker, 2)
    const app = appOn(broker, handWritten({ applicationId, inputs: [input], output, map: identity }))
    await app.start()
    const states: string[] = []
    app.onStateChange((state) => states.push(state))
    for (let round = 0; round < 4; round++) {
      await produceTo(broker.bootstrap, input, numbered(100, round * 100))
      for (const topic of [input, output]) await broker.faults.moveLeader(topic, round % 2, 1 + (round % 2))
      await broker.faults.moveCoordinator('group', applicationId, 1 + (round % 2))
    }
    await eventually(
      () => committed(applicationId, input),
      (count) => count === 400,
    )
    expect(states).toEqual([])
    await app.close()
    expect(await values(output)).toEqual(expected(400))
  })

  it('a node is down for a while', async () => {
    const { input, output, applicationId } = await topicPair(broker, 2)
    for (const topic of [input, output]) await broker.faults.moveLeader(topic, 0, 2)
    const app = appOn(broker, handWritten({ applicationId, inputs: [input], output, map: identity }))
    await app.start()
    await produceTo(broker.bootstrap, input, numbered(200))
    await broker.faults.stopNode(2)
    await broker.faults.startNode(2)
    await produceTo(broker.bootstrap, input, numbered(200, 200))
    await eventually(
      () => committed(applicationId, input),
      (count) => count === 400,
    )
    await app.close()
    expect(await values(output)).toEqual(expected(400))
  })

  it('a broker that forgot the producer id gets a new one', async () => {
    const { input, output, applicationId } = await topicPair(broker, 1)
    await produceTo(broker.bootstrap, input, numbered(100))
    const app = appOn(broker, handWritten({ applicationId, inputs: [input], output, map: identity }))
    await broker.faults.add({ api: 'Produce', topic: output, effect: error(ErrorCode.UNKNOWN_PRODUCER_ID) })
    await app.start()
    await eventually(
      () => committed(applicationId, input),
      (count) => count === 100,
    )
    await app.close()
    expect(new Set(await values(output))).toEqual(new Set(expected(100)))
  })

  it('an error that no retry mends ends the application', async () => {
    const { input, output, applicationId } = await topicPair(broker, 1)
    await produceTo(broker.bootstrap, input, numbered(100))
    const app = appOn(broker, handWritten({ applicationId, inputs: [input], output, map: identity }))
    await broker.faults.add({
      api: 'Produce',
      topic: output,
      times: 100,
      effect: error(ErrorCode.INVALID_RECORD),
    })
    await Promise.allSettled([app.start()])
    await expect(app.finished()).rejects.toThrow(/INVALID_RECORD.*a record without a key cannot go there/s)
    expect(app.state).toBe('ERROR')
    await broker.faults.clear()
    expect(await committed(applicationId, input)).toBe(0)
  })

  it('a lost offset is reset by policy', async () => {
    const { input, output, applicationId } = await topicPair(broker, 1)
    await produceTo(broker.bootstrap, input, numbered(100))
    await broker.faults.add({ api: 'Fetch', topic: input, effect: error(ErrorCode.OFFSET_OUT_OF_RANGE) })
    const app = appOn(broker, handWritten({ applicationId, inputs: [input], output, map: identity }))
    await app.start()
    await eventually(
      () => committed(applicationId, input),
      (count) => count === 100,
    )
    await app.close()
    // Twice: the broker still holds the long poll of the application that was closed.
    await broker.faults.add({ api: 'Fetch', topic: input, times: 2, effect: error(ErrorCode.OFFSET_OUT_OF_RANGE) })
    const strict = appOn(broker, handWritten({ applicationId, inputs: [input], output, map: identity }), {
      autoOffsetReset: 'none',
    })
    await Promise.allSettled([strict.start()])
    await expect(strict.finished()).rejects.toThrow(/does not exist any more and the reset policy is "none"/)
    await broker.faults.clear()
  })
})
