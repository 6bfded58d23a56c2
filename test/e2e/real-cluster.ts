import { setTimeout as delay } from 'node:timers/promises'
import type { RealEnvironment } from '../../scripts/real-kafka/environment.js'
import type { Cluster } from './cluster.js'
import { clusterClient, type ClusterClient } from './kafkajs-cluster.js'

/** The broker and registry of the run, emptied: its test files run one after the other. */
export async function openRealCluster({ brokers, registryUrl }: RealEnvironment): Promise<Cluster> {
  const { createTopic, produce, read } = await openRealBroker(brokers)
  await emptyRegistry(registryUrl)
  return { kind: 'real', brokers, registryUrl, createTopic, produce, read, close: () => Promise.resolve() }
}

/** The broker of the run alone, emptied. */
export async function openRealBroker(brokers: string): Promise<ClusterClient> {
  if (!brokers.split(',').every((broker) => broker.startsWith('127.0.0.1:'))) {
    throw new Error(`${brokers} is not on loopback: tests delete every topic, and so run on a broker of their own only`)
  }
  const client = clusterClient(brokers)
  const admin = client.kafka.admin()
  await admin.connect()
  try {
    const { groups } = await admin.listGroups()
    if (groups.length > 0) await admin.deleteGroups(groups.map(({ groupId }) => groupId))
    const listed = async (): Promise<string[]> => (await admin.listTopics()).filter((topic) => !topic.startsWith('__'))
    const topics = await listed()
    if (topics.length > 0) await admin.deleteTopics({ topics })
    // A deleted topic stays listed for a moment, and until then cannot be created again.
    while ((await listed()).length > 0) await delay(20)
  } finally {
    await admin.disconnect()
  }
  return client
}

async function emptyRegistry(url: string): Promise<void> {
  const subjects = (await (await fetch(`${url}/subjects?deleted=true`)).json()) as readonly string[]
  for (const subject of subjects) {
    const path = `${url}/subjects/${encodeURIComponent(subject)}`
    for (const address of [path, `${path}?permanent=true`]) {
      const response = await fetch(address, { method: 'DELETE' })
      await response.body?.cancel()
    }
  }
}
