import { describe, expect, it } from 'vitest'
import { startBroker } from '../../../embedded/kafka/index.js'
import type { BrokerOptions, EmbeddedBroker } from '../../../embedded/kafka/index.js'
import { ErrorCode, api } from '../../../runtime/kafka/protocol/index.js'
import { batchOf, fetchFrom, produceTo } from './conversations/conversation.js'
import { ConnectionClosed, WireClient } from './wire-client.js'

const withBroker = async (
  options: BrokerOptions,
  use: (broker: EmbeddedBroker, client: WireClient) => Promise<void>,
): Promise<void> => {
  const broker = await startBroker({ thread: false, ...options })
  const client = await WireClient.open(broker.bootstrap)
  try {
    await use(broker, client)
  } finally {
    client.close()
    await broker.close()
  }
}

const produce = async (client: WireClient, topic: string, value = 'v', partition = 0) => {
  const answer = await client.send(api.Produce, 9, produceTo(topic, batchOf([value]), { partition }))
  return answer.responses[0]?.partitionResponses[0]
}

const endOf = async (broker: EmbeddedBroker, topic: string): Promise<number | undefined> =>
  (await broker.stats()).endOffsets[topic]?.[0]

describe('faults', () => {
  it('answers an error for the next requests of a partition', () =>
    withBroker({}, async (broker, client) => {
      await broker.createTopic('t', { partitions: 2 })
      const effect = { kind: 'error', errorCode: ErrorCode.NOT_ENOUGH_REPLICAS } as const
      await broker.faults.add({ api: 'Produce', topic: 't', partition: 1, times: 2, effect })
      expect((await produce(client, 't', 'a', 0))?.errorCode).toBe(0)
      expect((await produce(client, 't', 'a', 1))?.errorCode).toBe(ErrorCode.NOT_ENOUGH_REPLICAS)
      expect((await produce(client, 't', 'a', 1))?.errorCode).toBe(ErrorCode.NOT_ENOUGH_REPLICAS)
      expect((await produce(client, 't', 'a', 1))?.errorCode).toBe(0)
      expect((await broker.stats()).endOffsets['t']).toEqual([1, 1])
    }))

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('drops the connection %s the append', (when, appended) =>
    withBroker({}, async (broker, client) => {
      await broker.createTopic('t')
      await broker.faults.add({ api: 'Produce', effect: { kind: 'drop', when } })
      await expect(produce(client, 't')).rejects.toThrow(ConnectionClosed)
      expect(await endOf(broker, 't')).toBe(appended)
    }),
  )

  it('freezes a connection and serves others', () =>
    withBroker({}, async (broker, client) => {
      await broker.createTopic('t')
      await broker.faults.add({ api: 'Produce', effect: { kind: 'freeze', when: 'after' } })
      const frozen = produce(client, 't').then(
        () => 'answered',
        () => 'closed',
      )
      const other = await WireClient.open(broker.bootstrap)
      const fetched = await other.send(api.Fetch, 11, fetchFrom('t', 0, { maxWaitMs: 5000 }))
      expect(fetched.responses[0]?.partitions[0]?.highWatermark).toBe(1n)
      other.close()
      expect(client.isClosed).toBe(false)
      client.close()
      expect(await frozen).toBe('closed')
    }))

  it('delays by the clock', () =>
    withBroker({ clock: 'manual' }, async (broker, client) => {
      await broker.createTopic('t')
      await broker.faults.add({ api: 'Produce', effect: { kind: 'delay', ms: 60_000 } })
      const slow = produce(client, 't')
      const other = await WireClient.open(broker.bootstrap)
      expect((await produce(other, 't', 'overtakes'))?.baseOffset).toBe(0n)
      await broker.advanceClock(60_000)
      expect((await slow)?.baseOffset).toBe(1n)
      other.close()
    }))

  it('lets an answer trickle', () =>
    withBroker({}, async (broker, client) => {
      await broker.createTopic('t')
      await broker.faults.add({ api: 'Produce', effect: { kind: 'trickle', bytes: 7, everyMs: 1 } })
      expect((await produce(client, 't'))?.baseOffset).toBe(0n)
      expect((await produce(client, 't'))?.baseOffset).toBe(1n)
    }))

  it('holds batches that no producer could write', () =>
    withBroker({}, async (broker, client) => {
      await broker.createTopic('t')
      const broken = Buffer.from(batchOf(['a', 'b']))
      broken[broken.length - 1] = 0x55
      const emptied = Buffer.from(batchOf(['c', 'd', 'e']).subarray(0, 61))
      emptied.writeInt32BE(61 - 12, 8)
      emptied.writeInt32BE(0, 57)
      expect(await broker.appendRaw('t', 0, broken)).toBe(0)
      expect(await broker.appendRaw('t', 0, emptied)).toBe(2)
      expect((await produce(client, 't'))?.baseOffset).toBe(5n)
      await expect(broker.appendRaw('t', 0, broken.subarray(0, 70))).rejects.toThrow('takes one whole batch')
      const { responses } = await client.send(api.Fetch, 11, fetchFrom('t', 0))
      const records = responses[0]?.partitions[0]?.records ?? Buffer.alloc(0)
      expect(records.subarray(21, broken.length).equals(broken.subarray(21))).toBe(true)
      expect(records.length).toBeGreaterThan(broken.length + emptied.length)
    }))

  it('keeps data over a restart of the node, on the same port', () =>
    withBroker({}, async (broker, client) => {
      await broker.createTopic('t')
      await produce(client, 't')
      await broker.faults.stopNode(1)
      await client.untilClosed()
      await expect(WireClient.open(broker.bootstrap)).rejects.toThrow('ECONNREFUSED')
      await broker.faults.startNode(1)
      const again = await WireClient.open(broker.bootstrap)
      const fetched = await again.send(api.Fetch, 11, fetchFrom('t', 0))
      expect(fetched.responses[0]?.partitions[0]?.records?.length).toBeGreaterThan(61)
      again.close()
    }))

  it('moves leaders: the old one refuses, the epoch rises, waiting fetches end', () =>
    withBroker({ brokers: 2 }, async (broker, client) => {
      await broker.createTopic('t')
      await produce(client, 't')
      const waiting = client.send(api.Fetch, 12, fetchFrom('t', 1, { maxWaitMs: 30_000, currentLeaderEpoch: 0 }))
      await broker.faults.moveLeader('t', 0, 2)
      const woken = (await waiting).responses[0]?.partitions[0]
      expect(woken?.errorCode).toBe(ErrorCode.FENCED_LEADER_EPOCH)
      expect(woken?.currentLeader).toEqual({ leaderId: 2, leaderEpoch: 1 })
      const refused = await client.send(api.Produce, 10, produceTo('t', batchOf(['x'])))
      expect(refused.responses[0]?.partitionResponses[0]).toMatchObject({
        errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER,
        currentLeader: { leaderId: 2, leaderEpoch: 1 },
      })
      expect(refused.nodeEndpoints.map(({ nodeId, port }) => `127.0.0.1:${port}:${nodeId}`)).toEqual(
        broker.addresses.map((address, index) => `${address}:${index + 1}`),
      )
      const leader = await WireClient.open(broker.addresses[1] ?? '')
      expect((await produce(leader, 't'))?.baseOffset).toBe(1n)
      const { topics } = await leader.send(api.OffsetForLeaderEpoch, 4, {
        topics: [{ topic: 't', partitions: [{ partition: 0, leaderEpoch: 0 }] }],
      })
      expect(topics[0]?.partitions[0]).toMatchObject({ leaderEpoch: 0, endOffset: 1n })
      leader.close()
    }))

  it('moves the coordinator of a group', () =>
    withBroker({ brokers: 2 }, async (broker, client) => {
      await broker.faults.moveCoordinator('group', 'g', 2)
      const { errorCode } = await client.send(api.Heartbeat, 3, { groupId: 'g', generationId: 1, memberId: 'm' })
      expect(errorCode).toBe(ErrorCode.NOT_COORDINATOR)
      expect((await client.send(api.FindCoordinator, 3, { key: 'g' })).nodeId).toBe(2)
    }))
})
