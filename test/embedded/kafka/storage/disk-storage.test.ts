import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startBroker } from '../../../../embedded/kafka/index.js'
import { api } from '../../../../runtime/kafka/protocol/index.js'
import { BatchCursor } from '../../../../runtime/kafka/record-batch/index.js'
import { batchOf, fetchFrom, produceTo } from '../conversations/conversation.js'
import { WireClient } from '../wire-client.js'

let dir = ''

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'millrace-embedded-'))
})

afterEach(() => rmSync(dir, { recursive: true, force: true }))

type Use = (client: WireClient, createTopic: (name: string) => Promise<void>) => Promise<void>

/** One life of the broker. */
const live = async (use: Use): Promise<void> => {
  const broker = await startBroker({ thread: false, dir })
  const client = await WireClient.open(broker.bootstrap)
  try {
    await use(client, (name) => broker.createTopic(name))
  } finally {
    client.close()
    await broker.close()
  }
}

const produce = async (
  client: WireClient,
  values: readonly string[],
  options: object = {},
  transactionalId?: string,
) => {
  const batch = batchOf(values, options)
  const request = produceTo('t', batch, transactionalId === undefined ? {} : { transactionalId })
  const answer = await client.send(api.Produce, 12, request)
  const { errorCode, baseOffset } = answer.responses[0]?.partitionResponses[0] ?? {}
  return { errorCode, baseOffset }
}

const read = async (client: WireClient, isolationLevel = 0) => {
  const answer = await client.send(api.Fetch, 11, fetchFrom('t', 0, { isolationLevel }))
  const data = answer.responses[0]?.partitions[0]
  return {
    offsets: [...new BatchCursor(data?.records ?? Buffer.alloc(0))].map(({ header }) => header.baseOffset),
    highWatermark: data?.highWatermark,
    lastStableOffset: data?.lastStableOffset,
    aborted: data?.abortedTransactions ?? null,
  }
}

const INIT = { transactionalId: null, transactionTimeoutMs: 60_000 }

describe('a broker with a directory', () => {
  it('remembers topics, records, sequences and offsets', async () => {
    let clusterId: string | null = null
    let topicId: string | undefined
    let producerId = -1n
    const describeTopic = (client: WireClient) =>
      client.send(api.Metadata, 12, { topics: [{ name: 't' }], allowAutoTopicCreation: false })
    const offsets = { groupId: 'g', topics: [{ name: 't', partitionIndexes: [0] }] }
    await live(async (client, createTopic) => {
      await createTopic('t')
      ;({ producerId } = await client.send(api.InitProducerId, 4, INIT))
      await produce(client, ['a', 'b'], { producerId, producerEpoch: 0, baseSequence: 0 })
      await produce(client, ['c'], { producerId, producerEpoch: 0, baseSequence: 2 })
      await client.send(api.OffsetCommit, 8, {
        groupId: 'g',
        memberId: '',
        topics: [{ name: 't', partitions: [{ partitionIndex: 0, committedOffset: 2n, committedMetadata: 'm' }] }],
      })
      await client.send(api.IncrementalAlterConfigs, 1, {
        validateOnly: false,
        resources: [
          { resourceType: 2, resourceName: 't', configs: [{ name: 'retention.ms', configOperation: 0, value: '7' }] },
        ],
      })
      const metadata = await describeTopic(client)
      clusterId = metadata.clusterId
      topicId = metadata.topics[0]?.topicId
    })
    await live(async (client) => {
      const metadata = await describeTopic(client)
      expect([metadata.clusterId, metadata.topics[0]?.topicId]).toEqual([clusterId, topicId])
      expect(await read(client)).toMatchObject({ offsets: [0, 2], highWatermark: 3n })
      const sequence = { producerId, producerEpoch: 0 }
      expect(await produce(client, ['c'], { ...sequence, baseSequence: 2 })).toEqual({ errorCode: 0, baseOffset: 2n })
      expect(await produce(client, ['d'], { ...sequence, baseSequence: 3 })).toEqual({ errorCode: 0, baseOffset: 3n })
      const fetched = await client.send(api.OffsetFetch, 7, offsets)
      expect(fetched.topics[0]?.partitions[0]).toMatchObject({ committedOffset: 2n, metadata: 'm' })
      const next = await client.send(api.InitProducerId, 4, INIT)
      expect(next.producerId).toBeGreaterThan(producerId)
      const described = await client.send(api.DescribeConfigs, 4, {
        resources: [{ resourceType: 2, resourceName: 't', configurationKeys: ['retention.ms'] }],
      })
      expect(described.results[0]?.configs[0]?.value).toBe('7')
    })
    await live(async (client) => {
      expect(await read(client)).toMatchObject({ offsets: [0, 2, 3], highWatermark: 4n })
      await client.send(api.DeleteTopics, 4, { timeoutMs: 1000, topicNames: ['t'] })
      expect(existsSync(join(dir, topicId ?? ''))).toBe(false)
    })
    await live(async (client) => {
      expect((await describeTopic(client)).topics[0]?.errorCode).toBe(3)
      const fetched = await client.send(api.OffsetFetch, 7, offsets)
      expect(fetched.topics[0]?.partitions[0]?.committedOffset).toBe(-1n)
    })
  })

  it('goes on with open transactions and knows aborted ones', async () => {
    let me = { producerId: -1n, producerEpoch: -1 }
    const end = (client: WireClient, committed: boolean) =>
      client.send(api.EndTxn, 5, { transactionalId: 'x', committed, ...me })
    const transactional = (baseSequence: number) => ({ ...me, baseSequence, isTransactional: true })
    await live(async (client, createTopic) => {
      await createTopic('t')
      me = await client.send(api.InitProducerId, 5, { ...INIT, transactionalId: 'x' })
      await produce(client, ['aborted'], transactional(0), 'x')
      me = await end(client, false)
      await produce(client, ['open'], transactional(0), 'x')
      await client.send(api.TxnOffsetCommit, 5, {
        transactionalId: 'x',
        groupId: 'g',
        ...me,
        topics: [{ name: 't', partitions: [{ partitionIndex: 0, committedOffset: 9n, committedMetadata: '' }] }],
      })
    })
    await live(async (client) => {
      const aborted = [{ producerId: me.producerId, firstOffset: 0n }]
      expect(await read(client, 1)).toEqual({ offsets: [0, 1], highWatermark: 3n, lastStableOffset: 2n, aborted })
      expect(await produce(client, ['more'], transactional(1), 'x')).toEqual({ errorCode: 0, baseOffset: 3n })
      expect((await end(client, true)).errorCode).toBe(0)
      expect(await read(client, 1)).toMatchObject({ offsets: [0, 1, 2, 3, 4], lastStableOffset: 5n, aborted })
      const { topics } = await client.send(api.OffsetFetch, 7, {
        groupId: 'g',
        requireStable: true,
        topics: [{ name: 't', partitionIndexes: [0] }],
      })
      expect(topics[0]?.partitions[0]?.committedOffset).toBe(9n)
    })
    await live(async (client) => {
      const repeated = await end(client, true)
      expect(repeated).toMatchObject({ errorCode: 0, producerEpoch: me.producerEpoch + 1 })
    })
  })

  it('drops what a crash has torn', async () => {
    await live(async (client, createTopic) => {
      await createTopic('t')
      await produce(client, ['a'])
      await produce(client, ['b'])
    })
    const [topicId = ''] = readdirSync(dir).filter((name) => name !== 'journal.jsonl')
    appendFileSync(join(dir, topicId, '0.log'), batchOf(['torn'], { baseOffset: 2 }).subarray(0, 70))
    appendFileSync(join(dir, 'journal.jsonl'), '{"kind":"topic-rem')
    await live(async (client) => {
      expect(await read(client)).toMatchObject({ offsets: [0, 1], highWatermark: 2n })
      expect(await produce(client, ['c'])).toEqual({ errorCode: 0, baseOffset: 2n })
    })
    await live(async (client) => {
      expect(await read(client)).toMatchObject({ offsets: [0, 1, 2], highWatermark: 3n })
    })
  })

  it('keeps the start of a log that was cut', async () => {
    await live(async (client, createTopic) => {
      await createTopic('t')
      await produce(client, ['a', 'b'])
      await produce(client, ['c'])
      await client.send(api.DeleteRecords, 2, {
        timeoutMs: 1000,
        topics: [{ name: 't', partitions: [{ partitionIndex: 0, offset: 2n }] }],
      })
    })
    await live(async (client) => {
      const answer = await client.send(api.Fetch, 11, fetchFrom('t', 1))
      expect(answer.responses[0]?.partitions[0]?.errorCode).toBe(1)
      expect((await client.send(api.Fetch, 11, fetchFrom('t', 2))).responses[0]?.partitions[0]?.logStartOffset).toBe(2n)
    })
  })
})
