import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startKafkaCluster, type KafkaCluster } from '../../../scripts/real-kafka/kafka-cluster.js'
import { readTopic } from '../../e2e/topic-records.js'
import { realEnvironment } from '../setup/real-environment.js'

/** The cluster that tests of faults run on: what it promises must hold before we blame ourselves. */
let cluster: KafkaCluster
let kafka: Kafka

beforeAll(async () => {
  cluster = await startKafkaCluster({ classpath: realEnvironment().kafkaClasspath, nodes: 3 })
  kafka = new Kafka({ brokers: cluster.brokers.split(','), logLevel: logLevel.NOTHING, retry: { retries: 20 } })
})
afterAll(() => cluster.stop())

it('keeps acknowledged records when the leader is killed, and takes the node back', async () => {
  const topic = 'replicated'
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 3 }], waitForLeaders: true })
  const leader = (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions[0]?.leader ?? -1

  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  for (let i = 0; i < 20; i++) {
    if (i === 10) await cluster.kill(leader)
    await producer.send({ topic, acks: -1, messages: [{ value: String(i) }] })
  }
  await cluster.revive(leader)
  const replicas = async (): Promise<number> =>
    (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions[0]?.isr.length ?? 0
  await expect.poll(replicas, { timeout: 30_000 }).toBe(3)

  const values = (await readTopic(kafka, topic)).map(({ value }) => value?.toString())
  expect(values).toEqual(Array.from({ length: 20 }, (_, i) => String(i)))
  await producer.disconnect()
  await admin.disconnect()
})
