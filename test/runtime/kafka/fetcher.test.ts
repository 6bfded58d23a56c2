import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../../embedded/index.js'
import { KafkaClient } from '../../../runtime/kafka/client.js'
import { FetchedPartition } from '../../../runtime/kafka/fetched-partition.js'
import { Fetcher, type FetcherOptions } from '../../../runtime/kafka/fetcher.js'
import { HeldAnswers } from '../../../runtime/kafka/held-answers.js'
import type { PartitionData } from '../../../runtime/kafka/protocol/index.js'
import { buildBatch } from '../../../runtime/kafka/record-batch/index.js'
import { KafkajsTransport } from '../../../runtime/kafka/transport/kafkajs-transport.js'
import { topicPair } from '../support/app-under-test.js'
import { eventually, produceTo } from '../support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker({ brokers: 3, racks: ['a', 'b', 'c'] })
})
afterAll(() => broker.close())

const DEFAULTS = {
  maxWaitMs: 50,
  minBytes: 1,
  budgetBytes: 1_000_000,
  maxPartitionBytes: 200_000,
  isolation: 'read_committed',
} as const

/** A fetcher, what it said, and the nodes that it fetched from. */
const open = async (topic: string, options: Partial<FetcherOptions> = {}) => {
  const client = new KafkaClient(new KafkajsTransport({ brokers: broker.bootstrap.split(','), clientId: 'test' }), {
    requestTimeoutMs: 1000,
  })
  await client.refresh([topic])
  const nodes = new Set<number>()
  const request = client.request.bind(client)
  vi.spyOn(client, 'request').mockImplementation((node, lane, api, message, how) => {
    if (lane === 'fetch') nodes.add(node)
    return request(node, lane, api, message, how)
  })
  const errors: string[] = []
  const truncated: string[] = []
  const fetcher = new Fetcher(
    client,
    { ...DEFAULTS, ...options },
    {
      onData: () => undefined,
      onError: (error) => errors.push(error.message),
      onTruncated: (message) => truncated.push(message),
      onRetry: () => undefined,
    },
  )
  const close = async (): Promise<void> => {
    const closed = fetcher.close()
    await client.close()
    await closed
  }
  return { client, fetcher, nodes, errors, truncated, close }
}

const fetchedUpTo = (partition: FetchedPartition, offset: number): Promise<unknown> =>
  eventually(
    () => Promise.resolve(partition.fetchOffset),
    (reached) => reached >= offset,
  )

const values = (count: number, partition = 0) =>
  Array.from({ length: count }, (_, i) => ({ partition, value: `v${i}` }))

describe('a fetcher with a rack', () => {
  it('reads from the replica there, and from the leader when that is gone', async () => {
    const { input } = await topicPair(broker, 1)
    await broker.faults.moveLeader(input, 0, 1)
    await produceTo(broker.bootstrap, input, values(10))
    const { fetcher, nodes, close } = await open(input, { rack: 'b' })
    const partition = fetcher.assign(input, 0, 0, 'earliest')
    await fetchedUpTo(partition, 10)
    expect([...nodes]).toEqual([1, 2])
    await broker.faults.stopNode(2)
    await produceTo(broker.bootstrap, input, values(10))
    await fetchedUpTo(partition, 20)
    await broker.faults.startNode(2)
    await close()
  })

  it('reads from the leader when there is no replica in its rack', async () => {
    const { input } = await topicPair(broker, 1)
    await broker.faults.moveLeader(input, 0, 3)
    await produceTo(broker.bootstrap, input, values(10))
    const { fetcher, nodes, close } = await open(input, { rack: 'elsewhere' })
    await fetchedUpTo(fetcher.assign(input, 0, 0, 'earliest'), 10)
    expect([...nodes]).toEqual([3])
    await close()
  })
})

describe('a truncated partition', () => {
  it.each(['earliest', 'latest'] as const)('is read on where the logs part (%s), with a warning', async (reset) => {
    const { input } = await topicPair(broker, 1)
    for (let i = 0; i < 10; i++) await produceTo(broker.bootstrap, input, values(1))
    const { fetcher, truncated, close } = await open(input)
    const partition = fetcher.assign(input, 0, 0, reset)
    await fetchedUpTo(partition, 10)
    await broker.faults.truncate(input, 0, 6)
    await produceTo(broker.bootstrap, input, values(1))
    await eventually(
      () => Promise.resolve(truncated),
      (messages) => messages.length === 1,
    )
    await fetchedUpTo(partition, 7)
    expect(truncated[0]).toMatch(/new leader lacks records below offset 10.*reading on at offset 6/)
    expect(partition.fetchOffset).toBe(7)
    await close()
  })

  it('is an error with the policy "none"', async () => {
    const { input } = await topicPair(broker, 1)
    await produceTo(broker.bootstrap, input, values(10))
    const { fetcher, errors, close } = await open(input)
    await fetchedUpTo(fetcher.assign(input, 0, 0, 'none'), 10)
    await broker.faults.truncate(input, 0, 0)
    await produceTo(broker.bootstrap, input, values(20))
    await eventually(
      () => Promise.resolve(errors),
      (messages) => messages.length === 1,
    )
    expect(errors[0]).toMatch(/was truncated.*policy is "none"/)
    await close()
  })

  it('is not suspected when a leader moves and nothing is lost', async () => {
    const { input } = await topicPair(broker, 1)
    await produceTo(broker.bootstrap, input, values(10))
    const { fetcher, truncated, errors, close } = await open(input)
    const partition = fetcher.assign(input, 0, 0, 'none')
    await fetchedUpTo(partition, 10)
    await broker.faults.moveLeader(input, 0, 2)
    await produceTo(broker.bootstrap, input, values(10))
    await fetchedUpTo(partition, 20)
    expect([truncated, errors]).toEqual([[], []])
    await close()
  })
})

describe('budgets of a fetcher', () => {
  it('stop a partition at its part of the records', async () => {
    const { input } = await topicPair(broker, 2)
    for (let i = 0; i < 20; i++) await produceTo(broker.bootstrap, input, [...values(10, 0), ...values(10, 1)])
    const { fetcher, close } = await open(input, { budgetRecords: 100, maxPartitionBytes: 100 })
    const idle = fetcher.assign(input, 0, 0, 'earliest')
    const busy = fetcher.assign(input, 1, 0, 'earliest')
    await eventually(
      () => {
        for (let batches = busy.take(); batches !== undefined; batches = busy.take()) busy.done(batches)
        return Promise.resolve(busy.fetchOffset)
      },
      (offset) => offset === 200,
    )
    expect(idle.bufferedRecords).toBeGreaterThan(20)
    expect(idle.bufferedRecords).toBeLessThan(50)
    await close()
  })
})

const answerOf = (records: Buffer): PartitionData => ({
  partitionIndex: 0,
  errorCode: 0,
  highWatermark: 10n,
  lastStableOffset: 10n,
  logStartOffset: 0n,
  divergingEpoch: { epoch: -1, endOffset: -1n },
  currentLeader: { leaderId: -1, leaderEpoch: -1 },
  snapshotId: { endOffset: -1n, epoch: -1 },
  abortedTransactions: [],
  preferredReadReplica: -1,
  records,
})

const batchOf = (text: string): Buffer => buildBatch([{ timestamp: 0, key: null, value: Buffer.from(text) }], {})

describe('the memory of answers', () => {
  it('is not held by the small part that one partition has not read', () => {
    const held = new HeldAnswers(100)
    let given = 0
    const answer = held.hold(1000, () => given++)
    const partition = new FetchedPartition('t', 0, 0, 'none', () => undefined)
    const bytes = batchOf('late')
    partition.receive(answerOf(Buffer.from(bytes)), bytes.length, answer)
    answer.release()
    expect([held.bytes, given]).toEqual([1000, 0])
    for (const wasteful of held.wasteful()) partition.copyOut(wasteful)
    expect([held.bytes, given]).toEqual([0, 1])
    expect(partition.take()?.buffer.equals(bytes)).toBe(true)
  })

  it('is held as long as what was taken of it is not done', () => {
    const held = new HeldAnswers(100)
    const answer = held.hold(1000, () => undefined)
    const partition = new FetchedPartition('t', 0, 0, 'none', () => undefined)
    const bytes = batchOf('taken')
    partition.receive(answerOf(bytes), bytes.length, answer)
    answer.release()
    const taken = partition.take()
    for (const wasteful of held.wasteful()) partition.copyOut(wasteful)
    expect(held.bytes).toBe(1000)
    if (taken !== undefined) partition.done(taken)
    expect(held.bytes).toBe(0)
  })

  it('is overwritten in tests as soon as it is done with', () => {
    const partition = new FetchedPartition('t', 0, 0, 'none', () => undefined, true)
    const bytes = batchOf('gone')
    partition.receive(answerOf(bytes), bytes.length)
    const taken = partition.take()
    expect(bytes.includes('gone')).toBe(true)
    if (taken !== undefined) partition.done(taken)
    expect(new Set(bytes)).toEqual(new Set([0xaa]))
  })
})
