/**
 * Records that cannot be processed, one kind after the other, through a compiled pipeline as a process: each policy is
 * obeyed, the reason is told, and nothing else is lost.
 */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeValue } from '../../avro/encode.js'
import { parseSchemaOrThrow } from '../../avro/parse-schema.js'
import { KafkaClient } from '../../runtime/kafka/client.js'
import { api } from '../../runtime/kafka/protocol/index.js'
import { KafkajsTransport } from '../../runtime/kafka/transport/kafkajs-transport.js'
import { newProject, type Project } from '../cli/support/project.js'
import { withAdmin } from '../runtime/support/topics.js'
import { openCluster, type Cluster, type NewRecord } from './cluster.js'
import type { TopicRecord } from './topic-records.js'

const pipelines = `import { avro, pipeline, topic, type OnError } from 'millrace'
import type { LargeOrder } from '../generated/schemas.js'

const orders = topic('orders')

function checked(name: string, onError: OnError) {
  return pipeline(name, { onError }, (p) => {
    p.stream(orders)
      .map((order) => {
        if (order.amount < 0) throw new RangeError(\`negative amount \${order.amount}\`)
        return { id: order.id + order.customer, amount: order.amount }
      })
      .to(topic(\`\${name}-out\`, { value: avro<LargeOrder>({ subject: 'large-orders-value' }) }))
  })
}

export const skipping = checked('skipping', 'skip')
export const failing = checked('failing', 'fail')
export const burying = checked('burying', { deadLetter: 'graves' })
`

const megabytes = 1024 * 1024
let cluster: Cluster
let project: Project

/** Kinds of bad records, in the order in which they stand in the topic, with what is said about them. */
const kinds = [
  ['truncated', /end of the data|truncated|ends/i],
  ['magic', /first byte .* is 7, not 0/],
  ['unknown id', /schema id 4711|4711/],
  ['null', /null/],
  ['throws', /negative amount -1/],
  ['10 MB', /too large|larger|bytes/],
] as const

beforeAll(async () => {
  cluster = await openCluster()
  project = await newProject(cluster)
  const registered = await project.run(['schema', 'register'])
  expect(registered).toMatchObject({ code: 0 })
  await project.write('pipelines/large-orders.ts', pipelines)
  for (const args of [['schema', 'pull', 'large-orders-value'], ['build']]) {
    const { code, stderr } = await project.run(args)
    expect(code, stderr).toBe(0)
  }
  const large = { config: { 'max.message.bytes': String(16 * megabytes) } }
  await cluster.createTopic('orders', large)
  await cluster.createTopic('graves', large)
  for (const name of ['skipping', 'failing', 'burying']) await cluster.createTopic(`${name}-out`)
  await cluster.produce('orders', await records())
})
afterAll(async () => {
  await project[Symbol.asyncDispose]()
  await cluster.close()
})

/** A good record, then each bad one followed by a good one. */
async function records(): Promise<readonly NewRecord[]> {
  const schema = parseSchemaOrThrow(await readFile(project.path('schemas/orders-value.avsc'), 'utf8'))
  const answer = await fetch(`${cluster.registryUrl}/subjects/orders-value/versions/latest`)
  const { id } = (await answer.json()) as { readonly id: number }
  const framed = (order: object, schemaId = id): Buffer => {
    const avro = Buffer.from(encodeValue(schema, { customer: '', createdAt: new Date(0), ...order }))
    const frame = Buffer.alloc(5)
    frame.writeInt32BE(schemaId, 1)
    return Buffer.concat([frame, avro])
  }
  const whole = framed({ id: 'x', amount: 1 })
  const bad: Readonly<Record<(typeof kinds)[number][0], Buffer | null>> = {
    truncated: whole.subarray(0, 7),
    magic: Buffer.concat([Buffer.from([7]), whole.subarray(1)]),
    'unknown id': framed({ id: 'x', amount: 1 }, 4711),
    null: null,
    throws: framed({ id: 'x', amount: -1 }),
    '10 MB': framed({ id: 'x', amount: 1, customer: 'c'.repeat(10 * megabytes) }),
  }
  const good = (n: number): NewRecord => ({ key: `good-${n}`, value: framed({ id: `good-${n}`, amount: n }) })
  return [good(0), ...kinds.flatMap(([kind], i) => [{ key: kind, value: bad[kind] }, good(i + 1)])]
}

const committed = (): Promise<string | undefined> =>
  withAdmin(cluster.brokers, async (admin) => {
    const [offsets] = await admin.fetchOffsets({ groupId: 'failing', topics: ['orders'] })
    return offsets?.partitions[0]?.offset
  })

/** As an operator does with kafka-consumer-groups --reset-offsets. */
async function commit(offset: number): Promise<void> {
  const client = new KafkaClient(new KafkajsTransport({ brokers: cluster.brokers.split(','), clientId: 'operator' }))
  try {
    const message = {
      groupId: 'failing',
      generationIdOrMemberEpoch: -1,
      memberId: '',
      topics: [
        {
          name: 'orders',
          partitions: [{ partitionIndex: 0, committedOffset: BigInt(offset), committedMetadata: null }],
        },
      ],
    }
    const node = await client.coordinator('group', message.groupId)
    const { topics } = await client.request(node, 'control', api.OffsetCommit, message, { maxVersion: 9 })
    expect(topics[0]?.partitions[0]?.errorCode).toBe(0)
  } finally {
    await client.close()
  }
}

const keysOf = (found: readonly TopicRecord[]) => found.map(({ key }) => String(key))
const goodKeys = Array.from({ length: kinds.length + 1 }, (_, i) => `good-${i}`)

const runUntil = async (name: string, done: () => Promise<boolean>) => {
  await using app = project.start(['run', name, '--log', 'text'])
  const said = app.ended.then(({ code, stderr }) => {
    throw new Error(`${name} ended with ${code}: ${stderr}`)
  })
  const finished = expect.poll(done, { timeout: 60_000 }).toBe(true)
  await Promise.race([finished, said])
  said.catch(() => undefined)
  expect(await app.end('SIGTERM')).toMatchObject({ code: 0 })
}

const hasAllGood = async (name: string) => (await cluster.count(`${name}-out`)) >= goodKeys.length

describe('bad records', () => {
  it('are left out under policy skip', async () => {
    await runUntil('skipping', () => hasAllGood('skipping'))
    expect(keysOf(await cluster.read('skipping-out'))).toEqual(goodKeys)
  })

  it('are kept, with origin and reason, under policy dead letter', async () => {
    await runUntil('burying', () => hasAllGood('burying'))
    expect(keysOf(await cluster.read('burying-out'))).toEqual(goodKeys)
    const graves = await cluster.read('graves')
    const inputs = await cluster.read('orders')
    expect(keysOf(graves)).toEqual(kinds.map(([kind]) => kind))
    for (const [i, [kind, reason]] of kinds.entries()) {
      const grave = graves[i]
      const origin = inputs[2 * i + 1]
      expect(grave?.headers['__streams.errors.message'], kind).toMatch(reason)
      expect(grave?.headers).toMatchObject({
        '__streams.errors.topic': 'orders',
        '__streams.errors.partition': '0',
        '__streams.errors.offset': String(origin?.offset),
      })
      // Buffers of 10 MB are not for a matcher.
      expect(grave?.value?.equals(origin?.value ?? Buffer.alloc(0)) ?? null, kind).toBe(
        origin?.value === null ? null : true,
      )
    }
  })

  it('end the application under policy fail, again and again, until somebody steps over them', async () => {
    for (const [i, [kind, reason]] of kinds.entries()) {
      const { code, stderr } = await project.run(['run', 'failing', '--log', 'text'])
      const offset = 2 * i + 1
      expect(code, kind).toBe(1)
      expect(stderr, kind).toMatch(
        new RegExp(`error record at offset ${offset} of orders-0 failed in .*(?:${reason.source})`, reason.flags),
      )
      expect(stderr, kind).toContain('To go on without such records, set onError')
      expect(keysOf(await cluster.read('failing-out')), kind).toEqual(goodKeys.slice(0, i + 1))
      expect(stderr, kind).toMatch(
        kind === 'throws' ? /^\s+at .*generated/m : /set onError to skip or to a dead-letter topic\n$/,
      )
      expect(await committed(), kind).toBe(String(offset))
      await commit(offset + 1)
    }
  })
})
