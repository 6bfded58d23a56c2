import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startKafkaCluster, type KafkaCluster } from '../../../scripts/real-kafka/kafka-cluster.js'
import { createTopics } from '../../../runtime/kafka/admin.js'
import { KafkaClient } from '../../../runtime/kafka/client.js'
import { Fetcher } from '../../../runtime/kafka/fetcher.js'
import { writeRecords } from '../../../runtime/kafka/tools/write-records.js'
import { KafkajsTransport } from '../../../runtime/kafka/transport/kafkajs-transport.js'
import { eventually } from '../../runtime/support/topics.js'
import { realEnvironment } from '../setup/real-environment.js'

/** KIP-392 as Apache Kafka does it: three racks, a replica of the topic in each. */
let cluster: KafkaCluster

beforeAll(async () => {
  cluster = await startKafkaCluster({
    classpath: realEnvironment().kafkaClasspath,
    nodes: 3,
    racks: ['a', 'b', 'c'],
    properties: { 'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector' },
  })
})
afterAll(() => cluster.stop())

it('reads from the replica in its rack, and goes on elsewhere when that is killed', async () => {
  const topic = 'racks'
  const client = new KafkaClient(new KafkajsTransport({ brokers: cluster.brokers.split(','), clientId: 'test' }), {
    requestTimeoutMs: 3000,
  })
  const options = { timeoutMs: 30_000 }
  await client.refresh([])
  await createTopics(client, [{ topic, partitions: 1, replicationFactor: 3, config: {} }], options)
  const write = (count: number): Promise<number> =>
    writeRecords(
      client,
      topic,
      Array.from({ length: count }, (_, i) => ({ timestamp: Date.now(), key: null, value: Buffer.from(`v${i}`) })),
      options,
    )
  await write(10)
  const leader = client.leader(topic, 0) ?? 1
  const other = (leader % 3) + 1
  const nodes: number[] = []
  const request = client.request.bind(client)
  vi.spyOn(client, 'request').mockImplementation((node, lane, api, message, how) => {
    if (lane === 'fetch') nodes.push(node)
    return request(node, lane, api, message, how)
  })
  const errors: Error[] = []
  const fetcher = new Fetcher(
    client,
    {
      maxWaitMs: 100,
      minBytes: 1,
      budgetBytes: 1_000_000,
      maxPartitionBytes: 100_000,
      isolation: 'read_committed',
      rack: ['a', 'b', 'c'][other - 1] ?? '',
    },
    {
      onData: () => undefined,
      onError: (error) => errors.push(error),
      onTruncated: () => undefined,
      onRetry: () => undefined,
    },
  )
  const partition = fetcher.assign(topic, 0, 0, 'none')
  const reaches = (offset: number): Promise<unknown> =>
    eventually(
      () => Promise.resolve(partition.fetchOffset),
      (reached) => reached === offset,
      40_000,
    )
  await reaches(10)
  expect(nodes[0]).toBe(leader)
  expect(nodes.at(-1)).toBe(other)
  await cluster.kill(other)
  await write(10)
  await reaches(20)
  expect(nodes.at(-1)).not.toBe(other)
  expect(errors).toEqual([])
  const closed = fetcher.close()
  await client.close()
  await closed
}, 90_000)
