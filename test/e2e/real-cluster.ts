import type { GroupDescription } from 'kafkajs'
import { setTimeout as delay } from 'node:timers/promises'
import { KafkaClient } from '../../runtime/kafka/client.js'
import { api } from '../../runtime/kafka/protocol/index.js'
import { KafkajsTransport } from '../../runtime/kafka/transport/kafkajs-transport.js'
import type { RealEnvironment } from '../../scripts/real-kafka/environment.js'
import type { Cluster } from './cluster.js'
import { clusterClient, type ClusterClient } from './kafkajs-cluster.js'

/** The broker and registry of the run, emptied: its test files run one after the other. */
export async function openRealCluster({ brokers, registryUrl }: RealEnvironment): Promise<Cluster> {
  const { kafka: _kafka, ...client } = await openRealBroker(brokers)
  await emptyRegistry(registryUrl)
  return { kind: 'real', brokers, registryUrl, ...client, close: () => Promise.resolve() }
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
    const groups = (await admin.listGroups()).groups.map(({ groupId }) => groupId)
    if (groups.length > 0) {
      await removeMembers(brokers, (await admin.describeGroups(groups)).groups)
      await admin.deleteGroups(groups)
    }
    const listed = async (): Promise<string[]> => (await admin.listTopics()).filter((topic) => !topic.startsWith('__'))
    // A deleted topic stays listed for a moment, and until then cannot be created again; a new one may be listed late.
    const deleted = new Set<string>()
    for (let topics = await listed(); topics.length > 0; topics = await listed()) {
      const more = topics.filter((topic) => !deleted.has(topic))
      for (const topic of more) deleted.add(topic)
      if (more.length > 0) await admin.deleteTopics({ topics: more })
      await delay(20)
    }
  } finally {
    await admin.disconnect()
  }
  return client
}

/** A group with members cannot be deleted; those of tests that were cut short stay until their session ends. */
async function removeMembers(brokers: string, groups: readonly GroupDescription[]): Promise<void> {
  const client = new KafkaClient(new KafkajsTransport({ brokers: brokers.split(','), clientId: 'cleaner' }))
  try {
    for (const { groupId, members } of groups) {
      if (members.length === 0) continue
      await client.request(await client.coordinator('group', groupId), 'control', api.LeaveGroup, {
        groupId,
        members: members.map(({ memberId }) => ({ memberId })),
      })
    }
  } finally {
    await client.close()
  }
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
