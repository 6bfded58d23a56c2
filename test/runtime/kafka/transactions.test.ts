/** The transactional producer by itself, in both versions of transactions, against the broker's coordinator. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startBroker, type EmbeddedBroker, type FaultRule } from '../../../embedded/index.js'
import { KafkaClient } from '../../../runtime/kafka/client.js'
import { ErrorCode, api } from '../../../runtime/kafka/protocol/index.js'
import { BatchWriter, BufferPool } from '../../../runtime/kafka/record-batch/index.js'
import { TransactionAbortableError, TransactionFencedError } from '../../../runtime/kafka/transaction-error.js'
import { TransactionalProducer } from '../../../runtime/kafka/transactional-producer.js'
import { KafkajsTransport } from '../../../runtime/kafka/transport/kafkajs-transport.js'
import type { ApiVersions, Lane, NodeId } from '../../../runtime/kafka/transport/transport.js'
import { readAll } from '../support/topics.js'

vi.setConfig({ testTimeout: 30_000 })

let broker: EmbeddedBroker
const opened: { close(): Promise<void> }[] = []

beforeAll(async () => {
  broker = await startBroker({ brokers: 2 })
})
afterAll(async () => {
  for (const resource of opened) await resource.close()
  await broker.close()
})

/** A broker that does not tell of features has version 1; one without `TxnOffsetCommit` 3 is too old. */
class OlderTransport extends KafkajsTransport {
  limits: ReadonlyMap<number, number> = new Map()

  override async versions(node: NodeId, lane: Lane): Promise<ApiVersions> {
    const versions = await super.versions(node, lane)
    return new Map(
      [...versions].map(([key, { minVersion, maxVersion }]) => [
        key,
        { minVersion, maxVersion: Math.min(maxVersion, this.limits.get(key) ?? maxVersion) },
      ]),
    )
  }
}

const LIMITS = { 1: new Map([[api.ApiVersions.key, 2]]), 2: new Map<number, number>() } as const

const clientOf = (limits: ReadonlyMap<number, number>): KafkaClient => {
  const transport = new OlderTransport({ brokers: broker.bootstrap.split(','), clientId: 'transactions' })
  transport.limits = limits
  const client = new KafkaClient(transport, { requestTimeoutMs: 1500 })
  opened.push(client)
  return client
}

interface Seen {
  readonly abortable: Error[]
  readonly fatal: Error[]
}

const nothing = (): void => undefined

const producerOf = async (client: KafkaClient, transactionalId: string, seen: Seen): Promise<TransactionalProducer> => {
  const producer = new TransactionalProducer(
    client,
    { compression: 'none', deliveryTimeoutMs: 10_000, maxRequestBytes: 1_000_000, bufferBytes: 1_000_000 },
    { transactionalId, groupId: 'group', transactionTimeoutMs: 5000 },
    {
      onRoom: nothing,
      onIdle: nothing,
      onRetry: nothing,
      onFatal: (error) => seen.fatal.push(error),
      onAbortable: (error) => seen.abortable.push(error),
    },
  )
  opened.push(producer)
  await producer.start()
  return producer
}

let topics = 0

const setUp = async (version: 1 | 2) => {
  const topic = `topic-${++topics}`
  await broker.createTopic(topic, { partitions: 2 })
  const client = clientOf(LIMITS[version])
  await client.refresh([topic])
  const seen: Seen = { abortable: [], fatal: [] }
  const transactionalId = `id-${topics}`
  const producer = await producerOf(client, transactionalId, seen)
  const pool = new BufferPool()
  const send = (value: string, partition = 0, to = producer): void => {
    const writer = new BatchWriter({ batchLimit: 10_000, maxRecordBytes: 10_000, pool })
    const bytes = Buffer.from(value)
    const at = writer.beginRecord(1, 1_700_000_000_000, bytes, 0, bytes.length, bytes.length)
    writer.buffer.set(bytes, at)
    writer.endRecord(at + bytes.length)
    to.send(topic, partition, writer)
  }
  const values = async (): Promise<string[]> =>
    (await readAll(broker.bootstrap, topic)).map(({ value }) => String(value)).sort()
  const offsets = (): Promise<undefined> => Promise.resolve(undefined)
  return { client, seen, transactionalId, producer, send, values, offsets }
}

const error = (code: number): FaultRule['effect'] => ({ kind: 'error', errorCode: code })

describe.each([1, 2] as const)('transactions of version %d', (version) => {
  it('commit what they hold, and nothing before', async () => {
    const { producer, send, values } = await setUp(version)
    for (let round = 0; round < 3; round++) {
      send(`a${round}`)
      send(`b${round}`, 1)
      await producer.acknowledged()
      expect(await values()).toHaveLength(2 * round)
      await producer.commit(undefined)
    }
    expect(await values()).toEqual(['a0', 'a1', 'a2', 'b0', 'b1', 'b2'])
  })

  it('abort what they hold, and go on', async () => {
    const { producer, send, values } = await setUp(version)
    send('a')
    await producer.commit(undefined)
    send('b')
    await producer.acknowledged()
    await producer.abort()
    send('c')
    await producer.abort()
    send('d')
    await producer.commit(undefined)
    expect(await values()).toEqual(['a', 'd'])
  })

  it('ask again until the outcome of a commit is known', async () => {
    const { producer, send, values, transactionalId } = await setUp(version)
    const rules: FaultRule[] = [
      { api: 'EndTxn', times: 2, effect: { kind: 'drop', when: 'after' } },
      { api: 'EndTxn', effect: { kind: 'freeze', when: 'before' } },
      { api: 'EndTxn', times: 2, effect: error(ErrorCode.CONCURRENT_TRANSACTIONS) },
      { api: 'EndTxn', effect: error(ErrorCode.COORDINATOR_NOT_AVAILABLE) },
    ]
    for (const [round, rule] of rules.entries()) {
      await broker.faults.add(rule)
      send(`v${round}`)
      await producer.commit(undefined)
      await broker.faults.moveCoordinator('transaction', transactionalId, 1 + (round % 2))
    }
    await broker.faults.clear()
    expect(await values()).toEqual(['v0', 'v1', 'v2', 'v3'])
  })

  it('are aborted when a batch is refused or the offsets are', async () => {
    const { producer, send, values, seen, offsets } = await setUp(version)
    for (const code of [ErrorCode.UNKNOWN_PRODUCER_ID, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER]) {
      await broker.faults.add({ api: 'Produce', effect: error(code) })
      send('lost')
      await expect(producer.commit(undefined)).rejects.toBeInstanceOf(TransactionAbortableError)
      expect(producer.isHeld).toBe(true)
      await producer.abort()
      expect(producer.isHeld).toBe(false)
    }
    send('lost')
    await expect(producer.commit(() => Promise.resolve('no member'))).rejects.toThrow(/no member/)
    await producer.abort()
    send('kept')
    await producer.commit(undefined)
    expect(await values()).toEqual(['kept'])
    expect(seen.abortable).toHaveLength(2)
    expect(seen.fatal).toEqual([])
    if (version === 2) return
    await producer.commit(offsets)
  })

  it('fence the producer that had the id before', async () => {
    const { client, producer, send, values, seen, transactionalId } = await setUp(version)
    send('zombie')
    await producer.acknowledged()
    const next = await producerOf(client, transactionalId, { abortable: [], fatal: [] })
    await expect(producer.commit(undefined)).rejects.toBeInstanceOf(TransactionFencedError)
    expect(producer.isHeld).toBe(true)
    send('next', 0, next)
    await next.commit(undefined)
    expect(await values()).toEqual(['next'])
    expect(seen.fatal).toEqual([])
  })

  it('refuse the batch of a fenced producer, whose abort finds out', async () => {
    const { client, producer, send, values, transactionalId } = await setUp(version)
    send('before')
    await producer.commit(undefined)
    await producerOf(client, transactionalId, { abortable: [], fatal: [] })
    send('zombie')
    const refused: unknown = await producer.commit(undefined).catch((cause: unknown) => cause)
    const found: unknown = producer.isOpen ? await producer.abort().catch((cause: unknown) => cause) : refused
    expect(found).toBeInstanceOf(TransactionFencedError)
    expect(await values()).toEqual(['before'])
  })

  it('wait for the markers of the transaction before', async () => {
    const { producer, send, values } = await setUp(version)
    await broker.faults.add({ api: 'AddPartitionsToTxn', times: 3, effect: error(ErrorCode.CONCURRENT_TRANSACTIONS) })
    for (let round = 0; round < 3; round++) {
      send(`v${round}`)
      await producer.commit(undefined)
    }
    await broker.faults.clear()
    expect(await values()).toEqual(['v0', 'v1', 'v2'])
  })
})

describe('brokers', () => {
  it('below 2.5 are refused', async () => {
    const client = clientOf(new Map([[api.TxnOffsetCommit.key, 2]]))
    const start = producerOf(client, 'old', { abortable: [], fatal: [] })
    await expect(start).rejects.toThrow(/exactly_once" needs Kafka brokers from 2\.5 on/)
  })
})
