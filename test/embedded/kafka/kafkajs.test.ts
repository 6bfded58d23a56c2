import kafkajs from 'kafkajs'
import type { CompressionTypes, Consumer, EachMessagePayload } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker } from '../../../embedded/kafka/index.js'
import type { EmbeddedBroker } from '../../../embedded/kafka/index.js'
import { compress, decompress } from '../../../runtime/kafka/record-batch/index.js'
import type { CompressionType } from '../../../runtime/kafka/record-batch/index.js'

const { CompressionCodecs, CompressionTypes: Types, ConfigResourceTypes, Kafka, Partitioners, logLevel } = kafkajs

describe('kafkajs on the embedded broker', () => {
  let broker: EmbeddedBroker
  let kafka: InstanceType<typeof Kafka>

  beforeAll(async () => {
    broker = await startBroker()
    kafka = new Kafka({ brokers: [broker.bootstrap], clientId: 'test', logLevel: logLevel.NOTHING })
  })

  afterAll(() => broker.close())

  const producer = async (idempotent: boolean) => {
    const client = kafka.producer({ idempotent, createPartitioner: Partitioners.DefaultPartitioner })
    await client.connect()
    return client
  }

  /** Reads until `count` messages have come. */
  const consume = async (topic: string, groupId: string, count: number): Promise<EachMessagePayload[]> => {
    const consumer = kafka.consumer({ groupId, sessionTimeout: 6000, maxWaitTimeInMs: 50 })
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    const seen: EachMessagePayload[] = []
    await new Promise<void>((resolve, reject) => {
      const eachMessage = (payload: EachMessagePayload): Promise<void> => {
        seen.push(payload)
        if (seen.length === count) resolve()
        return Promise.resolve()
      }
      consumer.run({ eachMessage }).catch(reject)
    })
    await consumer.disconnect()
    return seen
  }

  it.each([false, true])('produces and consumes records as they are, idempotent: %s', async (idempotent) => {
    const topic = `records-${idempotent}`
    await broker.createTopic(topic)
    const client = await producer(idempotent)
    const messages = [
      { key: 'k', value: 'v', headers: { one: '1', two: ['2', '3'] }, timestamp: '1700000000000' },
      { key: null, value: 'no key' },
      { key: 'deleted', value: null },
      { key: 'empty', value: '' },
    ]
    await client.send({ topic, messages })
    await client.send({ topic, messages: [{ value: 'later' }] })
    await client.disconnect()
    const seen = await consume(topic, `group-${idempotent}`, 5)
    expect(seen.map(({ message }) => [message.offset, message.key?.toString(), message.value?.toString()])).toEqual([
      ['0', 'k', 'v'],
      ['1', undefined, 'no key'],
      ['2', 'deleted', undefined],
      ['3', 'empty', ''],
      ['4', undefined, 'later'],
    ])
    expect(seen[0]?.message.timestamp).toBe('1700000000000')
    expect(seen[0]?.message.headers).toEqual({ one: Buffer.from('1'), two: [Buffer.from('2'), Buffer.from('3')] })
  })

  it.each<[CompressionType, Exclude<CompressionTypes, CompressionTypes.None>]>([
    ['gzip', Types.GZIP],
    ['snappy', Types.Snappy],
    ['lz4', Types.LZ4],
    ['zstd', Types.ZSTD],
  ])('passes %s batches through', async (codec, type) => {
    CompressionCodecs[type] = () => ({
      compress: (encoder: { readonly buffer: Buffer }) => Promise.resolve(compress(codec, encoder.buffer)),
      decompress: (buffer: Buffer) => Promise.resolve(decompress(codec, buffer, 1_000_000)),
    })
    const topic = `codec-${codec}`
    await broker.createTopic(topic)
    const client = await producer(true)
    const values = Array.from({ length: 50 }, (_, index) => `${codec} ${index} ${'x'.repeat(index)}`)
    await client.send({ topic, compression: type, messages: values.map((value) => ({ value })) })
    await client.disconnect()
    const seen = await consume(topic, `group-${codec}`, values.length)
    expect(seen.map(({ message }) => message.value?.toString())).toEqual(values)
  })

  it('shares partitions among three members and loses nothing when they come and go', { timeout: 30_000 }, async () => {
    const topic = 'shared'
    await broker.createTopic(topic, { partitions: 6 })
    const client = await producer(true)
    const total = 600
    const seen = new Map<string, number>()
    const owned = new Map<Consumer, readonly number[]>()
    const waiters: (() => void)[] = []
    const until = (condition: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        const check = (): void => {
          if (condition()) resolve()
        }
        waiters.push(check)
        check()
      })
    const changed = (): void => {
      for (const check of waiters) check()
    }
    const start = async (): Promise<Consumer> => {
      const consumer = kafka.consumer({
        groupId: 'shared',
        sessionTimeout: 6000,
        heartbeatInterval: 100,
        maxWaitTimeInMs: 50,
      })
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        owned.set(consumer, payload.memberAssignment[topic] ?? [])
        changed()
      })
      await consumer.connect()
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({
        eachMessage: ({ message }) => {
          const value = String(message.value)
          seen.set(value, (seen.get(value) ?? 0) + 1)
          changed()
          return Promise.resolve()
        },
      })
      return consumer
    }
    const sizes = (): number[] => [...owned.values()].map((partitions) => partitions.length)
    const balanced = (members: number): boolean =>
      owned.size === members &&
      [...owned.values()].flat().sort().join() === '0,1,2,3,4,5' &&
      sizes().every((size) => size === 6 / members)
    const send = (from: number, count: number) =>
      client.send({
        topic,
        messages: Array.from({ length: count }, (_, index) => ({ key: `${from + index}`, value: `${from + index}` })),
      })

    const members = [await start(), await start(), await start()]
    await until(() => balanced(3))
    await send(0, 200)
    await until(() => seen.size === 200)
    const [leaving] = members
    await leaving?.disconnect()
    if (leaving !== undefined) owned.delete(leaving)
    await until(() => balanced(2))
    await send(200, 200)
    await until(() => seen.size === 400)
    members.push(await start())
    await until(() => balanced(3))
    await send(400, 200)
    await until(() => seen.size === total)
    await Promise.all(members.slice(1).map((member) => member.disconnect()))
    await client.disconnect()

    const admin = kafka.admin()
    await admin.connect()
    const [committed] = await admin.fetchOffsets({ groupId: 'shared', topics: [topic] })
    const sum = committed?.partitions.reduce((total, { offset }) => total + Number(offset), 0)
    await admin.disconnect()
    expect(sum).toBe(total)
  })

  it('administrates', async () => {
    const admin = kafka.admin()
    await admin.connect()
    const topic = 'administrated'
    expect(await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: true })).toBe(true)
    expect(await admin.createTopics({ topics: [{ topic }] })).toBe(false)
    expect(await admin.listTopics()).toContain(topic)
    const client = await producer(false)
    await client.send({
      topic,
      messages: [1, 2, 3].map((n) => ({ value: `${n}`, partition: 0, timestamp: `${1_700_000_000_000 + n}` })),
    })
    await client.disconnect()
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    expect(topics[0]?.partitions.map(({ leader, isr }) => ({ leader, isr }))).toEqual([
      { leader: 1, isr: [1] },
      { leader: 1, isr: [1] },
    ])
    const offsets = await admin.fetchTopicOffsets(topic)
    expect(offsets.find(({ partition }) => partition === 0)).toEqual({ partition: 0, offset: '3', high: '3', low: '0' })
    const byTime = await admin.fetchTopicOffsetsByTimestamp(topic, 1_700_000_000_002)
    expect(byTime.find(({ partition }) => partition === 0)?.offset).toBe('1')
    await admin.createPartitions({ topicPartitions: [{ topic, count: 4 }] })
    expect((await admin.fetchTopicOffsets(topic)).length).toBe(4)
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        { type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name: 'retention.ms', value: '12345' }] },
      ],
    })
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: ['retention.ms'] }],
    })
    expect(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue])).toEqual([
      ['retention.ms', '12345'],
    ])
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '2' }] })
    expect((await admin.fetchTopicOffsets(topic)).find(({ partition }) => partition === 0)?.low).toBe('2')
    await consume(topic, 'admin', 1)
    expect((await admin.listGroups()).groups).toContainEqual({ groupId: 'admin', protocolType: 'consumer' })
    const { groups } = await admin.describeGroups(['admin'])
    expect(groups[0]?.state).toBe('Empty')
    await admin.deleteGroups(['admin'])
    expect((await admin.listGroups()).groups.map(({ groupId }) => groupId)).not.toContain('admin')
    const { brokers, controller } = await admin.describeCluster()
    expect([brokers.map(({ nodeId }) => nodeId), controller]).toEqual([[1], 1])
    await admin.deleteTopics({ topics: [topic] })
    expect(await admin.listTopics()).not.toContain(topic)
    await admin.disconnect()
  })

  it('copies in transactions, of which readers see the committed ones', async () => {
    const topic = 'transactional'
    await broker.createTopic(topic)
    const client = kafka.producer({ transactionalId: 'kafkajs', idempotent: true, maxInFlightRequests: 1 })
    await client.connect()
    const outcomes = [true, false, true, false, true]
    for (const [index, commits] of outcomes.entries()) {
      const transaction = await client.transaction()
      await transaction.send({ topic, messages: [{ value: `${index} one` }, { value: `${index} two` }] })
      await transaction.sendOffsets({
        consumerGroupId: 'transactional-copier',
        topics: [{ topic, partitions: [{ partition: 0, offset: `${index}` }] }],
      })
      await (commits ? transaction.commit() : transaction.abort())
    }
    await client.disconnect()
    const seen = await consume(topic, 'transactional-reader', 6)
    expect(seen.map(({ message }) => String(message.value))).toEqual([
      '0 one',
      '0 two',
      '2 one',
      '2 two',
      '4 one',
      '4 two',
    ])
    const admin = kafka.admin()
    await admin.connect()
    const [committed] = await admin.fetchOffsets({ groupId: 'transactional-copier', topics: [topic] })
    await admin.disconnect()
    expect(committed?.partitions[0]?.offset).toBe('4')
  })
})

describe('kafkajs on an embedded cluster of three', () => {
  it('loses nothing when nodes stop and start', { timeout: 60_000 }, async () => {
    const cluster = await startBroker({ brokers: 3 })
    await cluster.createTopic('t', { partitions: 6 })
    const kafka = new Kafka({
      brokers: [...cluster.addresses],
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 20, maxRetryTime: 200, retries: 50 },
    })
    const client = kafka.producer({ idempotent: true, createPartitioner: Partitioners.DefaultPartitioner })
    await client.connect()
    const consumer = kafka.consumer({
      groupId: 'g',
      sessionTimeout: 6000,
      heartbeatInterval: 100,
      maxWaitTimeInMs: 50,
    })
    await consumer.connect()
    await consumer.subscribe({ topics: ['t'], fromBeginning: true })
    const seen = new Set<string>()
    let check = (): void => undefined
    await consumer.run({
      eachMessage: ({ message }) => {
        seen.add(String(message.value))
        check()
        return Promise.resolve()
      },
    })
    let sent = 0
    const send = async (count: number): Promise<void> => {
      for (const end = sent + count; sent < end; sent++) {
        await client.send({ topic: 't', messages: [{ key: `${sent}`, value: `${sent}` }] })
      }
      await new Promise<void>((resolve) => {
        check = () => {
          if (seen.size === sent) resolve()
        }
        check()
      })
    }
    await send(30)
    for (const node of [1, 2, 3]) {
      await cluster.faults.stopNode(node)
      await send(30)
      await cluster.faults.startNode(node)
      await send(30)
    }
    const { endOffsets } = await cluster.stats()
    expect(endOffsets['t']?.reduce((sum, end) => sum + end, 0)).toBe(sent)
    await consumer.disconnect()
    await client.disconnect()
    await cluster.close()
  })
})
