import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import { EARLIEST, listOffsets } from '../../runtime/kafka/admin.js'
import { KafkaClient } from '../../runtime/kafka/client.js'
import { Fetcher } from '../../runtime/kafka/fetcher.js'
import { Producer } from '../../runtime/kafka/producer.js'
import { BatchWriter } from '../../runtime/kafka/record-batch/index.js'
import { KafkajsTransport } from '../../runtime/kafka/transport/kafkajs-transport.js'
import { appOn, identity, numbered, topicPair } from './support/app-under-test.js'
import { handWritten } from './support/hand-written-pipeline.js'
import { eventually, produceTo, readAll } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker()
})
afterEach(() => broker.faults.clear())
afterAll(async () => {
  await broker.close()
})

const fail = (error: Error): never => {
  throw error
}

const openClient = (): KafkaClient =>
  new KafkaClient(new KafkajsTransport({ brokers: broker.bootstrap.split(','), clientId: 'test' }), {
    requestTimeoutMs: 1000,
  })

const writerOfOne = (): BatchWriter => {
  const writer = new BatchWriter()
  const at = writer.beginRecord(0, Date.now(), null, 0, 0, 1)
  writer.buffer[at] = 1
  writer.endRecord(at + 1)
  return writer
}

describe('the fetch budget', () => {
  it('is shared out: a partition that nobody reads stops at its part and does not starve the other', async () => {
    const { input } = await topicPair(broker, 2)
    const value = 'x'.repeat(1000)
    const messages = (partition: number, count: number) => Array.from({ length: count }, () => ({ partition, value }))
    for (let i = 0; i < 10; i++) await produceTo(broker.bootstrap, input, [...messages(0, 100), ...messages(1, 100)])
    const client = openClient()
    await client.refresh([input])
    let wake = (): void => undefined
    const fetcher = new Fetcher(
      client,
      { maxWaitMs: 100, minBytes: 1, budgetBytes: 600_000, maxPartitionBytes: 200_000, isolation: 'read_committed' },
      {
        onData: () => {
          wake()
        },
        onError: fail,
        onTruncated: () => undefined,
        onRetry: () => undefined,
      },
    )
    const idle = fetcher.assign(input, 0, 0, 'earliest')
    const busy = fetcher.assign(input, 1, 0, 'earliest')
    let read = 0
    await new Promise<void>((resolve) => {
      wake = (): void => {
        for (let batches = busy.take(); batches !== undefined; batches = busy.take()) {
          read = batches.nextOffset
          busy.done(batches)
        }
        if (read === 1000) resolve()
      }
    })
    expect(idle.bufferedBytes).toBeGreaterThan(100_000)
    expect(idle.bufferedBytes).toBeLessThanOrEqual(300_000 + 110_000)
    let rest = 0
    await new Promise<void>((resolve) => {
      wake = (): void => {
        for (let batches = idle.take(); batches !== undefined; batches = idle.take()) {
          rest = batches.nextOffset
          idle.done(batches)
        }
        if (rest === 1000) resolve()
      }
      wake()
    })
    const closed = fetcher.close()
    await client.close()
    await closed
  })
})

describe('the producer', () => {
  it('holds no more than its buffer while the broker does not answer, and delivers all when it does', async () => {
    const { input, output, applicationId } = await topicPair(broker, 2)
    for (let i = 0; i < 5; i++) await produceTo(broker.bootstrap, input, numbered(1000, i * 1000))
    await broker.faults.add({ api: 'Produce', effect: { kind: 'freeze', when: 'before' } })
    const pipeline = handWritten({
      applicationId,
      inputs: [input],
      output,
      map: (value) => Buffer.concat([value ?? Buffer.alloc(0), Buffer.alloc(1000, '.')]),
    })
    const app = appOn(broker, pipeline, {
      http: { port: 0 },
      produce: { bufferBytes: 100_000, batchBytes: 20_000 },
    })
    await app.start()
    let most = 0
    const unacknowledged = async (): Promise<number> => {
      const text = await (await fetch(`${app.httpAddress ?? ''}/metrics`)).text()
      const [, bytes] = /^kafka_streams_thread_unacknowledged_bytes\{[^}]*\} (\d+)$/m.exec(text) ?? []
      most = Math.max(most, Number(bytes))
      return most
    }
    await eventually(unacknowledged, (bytes) => bytes > 50_000)
    await eventually(
      async () => {
        await unacknowledged()
        return (await readAll(broker.bootstrap, output)).length
      },
      (count) => count === 5000,
    )
    await app.close()
    expect(most).toBeLessThan(100_000 + 2 * 16 * 21_000)
  }, 20_000)

  it('sends the small batches of one turn of the event loop in one request', async () => {
    const { output } = await topicPair(broker, 3)
    const client = openClient()
    await client.refresh([output])
    const producer = new Producer(
      client,
      { compression: 'none', deliveryTimeoutMs: 5000, maxRequestBytes: 1_000_000, bufferBytes: 1_000_000 },
      { onRoom: () => undefined, onIdle: () => undefined, onFatal: fail, onRetry: fail },
    )
    await producer.start()
    const request = vi.spyOn(client, 'request')
    for (let partition = 0; partition < 3; partition++) producer.send(output, partition, writerOfOne())
    await producer.acknowledged()
    expect(request.mock.calls.filter(([, use]) => use === 'produce')).toHaveLength(1)
    expect(await readAll(broker.bootstrap, output)).toHaveLength(3)
    producer.close()
    await client.close()
  })

  it('gives up after the delivery time-out, and says what did not answer', async () => {
    const { output } = await topicPair(broker, 1)
    const client = openClient()
    await client.refresh([output])
    let failure: Error | undefined
    const producer = new Producer(
      client,
      { compression: 'none', deliveryTimeoutMs: 500, maxRequestBytes: 1_000_000, bufferBytes: 1_000_000 },
      {
        onRoom: () => undefined,
        onIdle: () => undefined,
        onFatal: (error) => {
          failure = error
        },
        onRetry: () => undefined,
      },
    )
    await producer.start()
    await broker.faults.add({ api: 'Produce', times: 100, effect: { kind: 'error', errorCode: 19 } })
    producer.send(output, 0, writerOfOne())
    await expect(producer.acknowledged()).rejects.toThrow(
      /did not take a batch within the delivery time-out of 500 ms: .*NOT_ENOUGH_REPLICAS/,
    )
    expect(failure?.name).toBe('DeliveryError')
    producer.close()
    await client.close()
  })
})

describe('sizes', () => {
  it('are those of each output topic: what it does not take is an error of the record, not of the producer', async () => {
    const { input, applicationId } = await topicPair(broker, 1)
    const output = `${input}-small`
    await broker.createTopic(output, { partitions: 1, config: { 'max.message.bytes': '2000' } })
    await produceTo(broker.bootstrap, input, [{ value: 'a' }, { value: 'x'.repeat(5000) }, { value: 'b' }])
    const app = appOn(
      broker,
      handWritten({ applicationId, inputs: [input], output, onError: { kind: 'skip' }, map: identity }),
    )
    await app.start()
    const records = await eventually(
      () => readAll(broker.bootstrap, output),
      (found) => found.length === 2,
    )
    await app.close()
    expect(records.map(({ value }) => String(value))).toEqual(['a', 'b'])
  })
})

describe('repartition topics', () => {
  it('are purged below what is committed', async () => {
    const { output, applicationId } = await topicPair(broker, 1)
    const topic = `${applicationId}-again-repartition`
    await broker.createTopic(topic, { partitions: 1 })
    const pipeline = handWritten({ applicationId, inputs: [topic], output, map: identity })
    const manifest = { ...pipeline.manifest, internalTopics: [{ topic, partitions: 1, config: {} }] }
    await produceTo(broker.bootstrap, topic, numbered(100))
    const app = appOn(broker, { ...pipeline, manifest }, { repartitionPurgeInterval: 50 })
    await app.start()
    await eventually(
      () => readAll(broker.bootstrap, output),
      (found) => found.length === 100,
    )
    const client = openClient()
    await eventually(
      async () =>
        (await listOffsets(client, [{ topic, partition: 0 }], EARLIEST, { timeoutMs: 1000 })).get(`${topic}-0`),
      (first) => first === 100,
    )
    await client.close()
    await app.close()
  })
})
