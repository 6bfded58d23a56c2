import { setTimeout as delay } from 'node:timers/promises'
import { Kafka, KafkaJSProtocolError, logLevel, Partitioners, type Admin, type Message } from 'kafkajs'
import type { Cluster, NewRecord } from './cluster.js'
import { readTopic } from './topic-records.js'

/** What a cluster of either kind does through kafkajs, an ordinary client to both. */
export type ClusterClient = Pick<Cluster, 'createTopic' | 'produce' | 'read' | 'count'> & { readonly kafka: Kafka }

export function clusterClient(brokers: string): ClusterClient {
  const kafka = new Kafka({ clientId: 'end-to-end', brokers: brokers.split(','), logLevel: logLevel.NOTHING })
  return {
    kafka,
    createTopic: async (topic, { partitions = 1, config = {} } = {}) => {
      const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }))
      await withAdmin(kafka, async (admin) => {
        // kafkajs would wait for leaders by itself, but gives up when a broker has not heard of the topic yet.
        await admin.createTopics({
          waitForLeaders: false,
          topics: [{ topic, numPartitions: partitions, configEntries }],
        })
        while (!(await hasLeaders(admin, topic))) await delay(20)
      })
    },
    produce: async (topic, records) => {
      // A broker that has not heard of all leaders refuses some partitions, and kafkajs sends all of them once more.
      const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent: true })
      await producer.connect()
      try {
        await producer.send({ topic, acks: -1, messages: records.map(toMessage) })
      } finally {
        await producer.disconnect()
      }
    },
    read: (topic) => readTopic(kafka, topic),
    count: async (topic) => {
      const offsets = await withAdmin(kafka, (admin) => admin.fetchTopicOffsets(topic))
      return offsets.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0)
    },
  }
}

async function hasLeaders(admin: Admin, topic: string): Promise<boolean> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    return topics.every(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0))
  } catch (error) {
    const unknown = 'UNKNOWN_TOPIC_OR_PARTITION'
    if (error instanceof KafkaJSProtocolError && [unknown, 'LEADER_NOT_AVAILABLE'].includes(error.type)) return false
    throw error
  }
}

async function withAdmin<T>(kafka: Kafka, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    return await use(admin)
  } finally {
    await admin.disconnect()
  }
}

function toMessage({ key = null, value, headers = {}, timestamp, partition }: NewRecord): Message {
  return {
    key: toBuffer(key),
    value: toBuffer(value),
    headers,
    ...(timestamp === undefined ? {} : { timestamp: String(timestamp) }),
    ...(partition === undefined ? {} : { partition }),
  }
}

function toBuffer(bytes: Uint8Array | string | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes)
}
