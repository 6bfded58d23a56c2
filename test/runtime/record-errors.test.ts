import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import type { ErrorPolicy } from '../../dsl/model/graph.js'
import { DeadLetterHeader } from '../../runtime/index.js'
import { KafkaClient } from '../../runtime/kafka/client.js'
import { api } from '../../runtime/kafka/protocol/index.js'
import { buildBatch, rewriteProducerState, type RecordInput } from '../../runtime/kafka/record-batch/index.js'
import { KafkajsTransport } from '../../runtime/kafka/transport/kafkajs-transport.js'
import { appOn, topicPair } from './support/app-under-test.js'
import { handWritten } from './support/hand-written-pipeline.js'
import { eventually, readAll, withAdmin } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker()
})
afterAll(async () => {
  await broker.close()
})

const send = async (topic: string, records: Buffer): Promise<number> => {
  const client = new KafkaClient(new KafkajsTransport({ brokers: broker.bootstrap.split(','), clientId: 'writer' }))
  try {
    await client.refresh([topic])
    const response = await client.request(client.leader(topic, 0) ?? 0, 'produce', api.Produce, {
      acks: -1,
      timeoutMs: 5000,
      topicData: [{ name: topic, partitionData: [{ index: 0, records }] }],
    })
    return response.responses[0]?.partitionResponses[0]?.errorCode ?? -1
  } finally {
    await client.close()
  }
}

const record = (value: string | Buffer | null, key = 'key'): RecordInput => ({
  timestamp: 1_700_000_000_000,
  key: Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
  headers: [{ key: 'trace', value: 'abc' }],
})

/** What a decoder of framed messages refuses. */
const decode = (value: Buffer | null): Buffer => {
  if (value === null) throw new TypeError('the value is null')
  if (value[0] !== 0) throw new RangeError(`magic byte ${String(value[0])} instead of 0`)
  if (value.length < 6) throw new RangeError(`a message of ${value.length} bytes is cut off`)
  return value
}

const good = (text: string): Buffer => Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), Buffer.from(text)])

const POISON: readonly (readonly [string, Buffer | null, string])[] = [
  ['a wrong magic byte', Buffer.from('{"json":1}'), 'RangeError'],
  ['a truncated message', Buffer.from([0, 0, 0]), 'RangeError'],
  ['a null value', null, 'TypeError'],
]

const run = async (
  onError: (deadLetters: string) => ErrorPolicy,
  batches: readonly Buffer[],
  map: (value: Buffer | null) => Buffer | undefined = decode,
) => {
  const { input, output, applicationId } = await topicPair(broker, 1)
  const deadLetters = `${input}-dead`
  await broker.createTopic(deadLetters, { partitions: 1 })
  for (const batch of batches) expect(await send(input, batch)).toBe(0)
  const policy = onError(deadLetters)
  const app = appOn(broker, handWritten({ applicationId, inputs: [input], output, onError: policy, map }))
  const committed = (): Promise<number> =>
    withAdmin(broker.bootstrap, async (admin) => {
      const [offsets] = await admin.fetchOffsets({ groupId: applicationId, topics: [input] })
      return Number(offsets?.partitions[0]?.offset ?? -1)
    })
  return { input, output, deadLetters, app, committed }
}

const texts = async (topic: string): Promise<string[]> =>
  (await readAll(broker.bootstrap, topic)).map(({ value }) => String(value?.subarray(5)))

describe.each(POISON)('%s', (_, poison, errorName) => {
  const batch = buildBatch([record(good('a')), record(poison, 'bad'), record(good('b'))])

  it('fail: the application ends; what was before it is written and committed', async () => {
    const { app, output, committed } = await run(() => ({ kind: 'fail' }), [batch])
    await Promise.allSettled([app.start()])
    await expect(app.finished()).rejects.toThrow(
      /record at offset 1 of in-\d+-0 failed in operator map.*nothing of it was written/s,
    )
    expect(await texts(output)).toEqual(['a'])
    expect(await committed()).toBe(1)
  })

  it('skip: only that record is left out', async () => {
    const { app, output, committed } = await run(() => ({ kind: 'skip' }), [batch])
    await app.start()
    await eventually(committed, (offset) => offset === 3)
    await app.close()
    expect(await texts(output)).toEqual(['a', 'b'])
  })

  it('dead letter: raw key, value and headers, and where it came from', async () => {
    const { app, input, output, deadLetters, committed } = await run(
      (topic) => ({ kind: 'dead-letter', topic }),
      [batch],
    )
    await app.start()
    await eventually(committed, (offset) => offset === 3)
    await app.close()
    expect(await texts(output)).toEqual(['a', 'b'])
    const [letter, ...more] = await readAll(broker.bootstrap, deadLetters)
    expect(more).toEqual([])
    expect(letter?.key?.toString()).toBe('bad')
    expect(letter?.value).toEqual(poison)
    const headers = new Map(letter?.headers.map(({ key, value }) => [key, value?.toString()]))
    expect(headers.get('trace')).toBe('abc')
    expect(headers.get(DeadLetterHeader.Exception)).toBe(errorName)
    expect(headers.get(DeadLetterHeader.Topic)).toBe(input)
    expect(headers.get(DeadLetterHeader.Partition)).toBe('0')
    expect(headers.get(DeadLetterHeader.Offset)).toBe('1')
  })
})

describe('a batch that does not decompress', () => {
  /** Bytes that do not decompress: a broker, which checks checksums only, takes them. */
  const broken = (): Buffer => {
    const batch = buildBatch([record('x'.repeat(200)), record('y'.repeat(200))], { compression: 'gzip' })
    batch.fill(0x55, 75, 110)
    rewriteProducerState(batch, { producerId: -1n, producerEpoch: -1, baseSequence: -1 })
    return batch
  }

  it('is fetched again, then the policy applies to all of it', async () => {
    const batches = [buildBatch([record(good('a'))]), broken(), buildBatch([record(good('b'))])]
    const { app, output, deadLetters, committed } = await run((topic) => ({ kind: 'dead-letter', topic }), batches)
    await app.start()
    await eventually(committed, (offset) => offset === 4)
    await app.close()
    expect(await texts(output)).toEqual(['a', 'b'])
    const letters = await readAll(broker.bootstrap, deadLetters)
    expect(letters).toHaveLength(1)
    expect(letters[0]?.value?.length).toBe(broken().length)
  })

  it('ends the application under policy fail', async () => {
    const { app } = await run(() => ({ kind: 'fail' }), [broken()])
    await Promise.allSettled([app.start()])
    await expect(app.finished()).rejects.toThrow(/record at offset 0 .* failed in reading it: DecompressionError/)
  })
})

describe('large records', () => {
  it('of 10 MB are read; what the output topic cannot take is an error of that record', async () => {
    const { input, output, applicationId } = await topicPair(broker, 1)
    await broker.createTopic(`${input}-big`, { partitions: 1, config: { 'max.message.bytes': '20000000' } })
    const big = Buffer.alloc(10_000_000, 'x')
    expect(await send(`${input}-big`, buildBatch([record('small')]))).toBe(0)
    expect(await send(`${input}-big`, buildBatch([record(big)]))).toBe(0)
    expect(await send(`${input}-big`, buildBatch([record('after')]))).toBe(0)
    const deadLetters = `${input}-dead`
    await broker.createTopic(deadLetters, { partitions: 1 })
    const lengths: number[] = []
    const pipeline = handWritten({
      applicationId,
      inputs: [`${input}-big`],
      output,
      onError: { kind: 'dead-letter', topic: deadLetters },
      map: (value) => {
        lengths.push(value?.length ?? -1)
        return value ?? undefined
      },
    })
    const app = appOn(broker, pipeline, { fetch: { maxPartitionBytes: 100_000, budgetBytes: 1_000_000 } })
    await app.start()
    const letters = await eventually(
      () => readAll(broker.bootstrap, deadLetters),
      (found) => found.length === 1,
    )
    await eventually(
      () => readAll(broker.bootstrap, output),
      (found) => found.length === 2,
    )
    await app.close()
    expect(lengths).toEqual([5, 10_000_000, 5])
    const headers = new Map(letters[0]?.headers.map(({ key, value }) => [key, value?.toString()]))
    expect(headers.get(DeadLetterHeader.Exception)).toBe('RecordTooLargeError')
    expect(headers.get(DeadLetterHeader.ValueOmitted)).toMatch(/^10000000 bytes/)
    expect(letters[0]?.value).toBeNull()
  })
})

describe('a dead-letter topic that does not exist', () => {
  it('is missed at the start', async () => {
    const { input, output, applicationId } = await topicPair(broker, 1)
    const pipeline = handWritten({
      applicationId,
      inputs: [input],
      output,
      onError: { kind: 'dead-letter', topic: 'nowhere' },
      map: decode,
    })
    const app = appOn(broker, pipeline, { startTimeout: 0 })
    await expect(app.start()).rejects.toThrow(
      'topic "nowhere" does not exist: create it, or correct its name in the pipeline',
    )
    expect(app.state).toBe('ERROR')
  })
})
