import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openCluster, type Cluster } from './cluster.js'

/** What every end-to-end file stands on: the cluster of its lane does for kafkajs what it does for users. */
let cluster: Cluster

beforeAll(async () => {
  cluster = await openCluster()
})
afterAll(() => cluster.close())

it('keeps keys, tombstones, headers, timestamps and the order within partitions', async () => {
  await cluster.createTopic('kept', { partitions: 3 })
  const timestamp = Date.now() - 60_000
  await cluster.produce('kept', [
    { key: 'a', value: 'first', headers: { trace: '1' }, timestamp, partition: 2 },
    { key: 'a', value: null, timestamp: timestamp + 5, partition: 2 },
    { key: null, value: '', timestamp, partition: 0 },
  ])
  const text = (bytes: Buffer | null): string | null => bytes?.toString() ?? null
  const records = (await cluster.read('kept')).map((record) => ({
    ...record,
    key: text(record.key),
    value: text(record.value),
  }))
  expect(records).toEqual([
    { partition: 0, offset: 0n, timestamp, key: null, value: '', headers: {} },
    { partition: 2, offset: 0n, timestamp, key: 'a', value: 'first', headers: { trace: '1' } },
    { partition: 2, offset: 1n, timestamp: timestamp + 5, key: 'a', value: null, headers: {} },
  ])
})

it('sends equal keys to equal partitions', async () => {
  await cluster.createTopic('spread', { partitions: 4 })
  await cluster.produce(
    'spread',
    Array.from({ length: 80 }, (_, i) => ({ key: `key-${i % 8}`, value: String(i) })),
  )
  const partitions = new Map<string, Set<number>>()
  for (const { key, partition } of await cluster.read('spread')) {
    const name = key?.toString() ?? ''
    partitions.set(name, (partitions.get(name) ?? new Set()).add(partition))
  }
  expect([...partitions.values()].map(({ size }) => size)).toEqual([1, 1, 1, 1, 1, 1, 1, 1])
})

it('reads an empty topic as empty', async () => {
  await cluster.createTopic('empty', { partitions: 2 })
  expect(await cluster.read('empty')).toEqual([])
})

it('takes and gives schemas to the registry client of kafkajs', async () => {
  const registry = new SchemaRegistry({ host: cluster.registryUrl })
  const schema = JSON.stringify({ type: 'record', name: 'Trip', fields: [{ name: 'miles', type: 'int' }] })
  const { id } = await registry.register({ type: SchemaType.AVRO, schema }, { subject: 'trips-value' })
  const encoded = await registry.encode(id, { miles: 12 })
  expect(await new SchemaRegistry({ host: cluster.registryUrl }).decode(encoded)).toEqual({ miles: 12 })
})
