/**
 * The broker and registry that an end-to-end test runs on: the embedded ones in `npm test`, Apache Kafka and a real
 * registry in `npm run test:kafka`. The test files do not know which. A cluster is empty when it is opened.
 *
 *     const cluster = await openCluster()
 *     await cluster.createTopic('flights', { partitions: 4 })
 *     …
 *     await cluster.close()
 */
import { inject } from 'vitest'
import type {} from '../kafka/setup/global-setup.js'
import type { TopicRecord } from './topic-records.js'

export interface TopicSettings {
  /** Default: 1. */
  readonly partitions?: number
  /** Topic configuration, by Kafka's names. */
  readonly config?: Readonly<Record<string, string>>
}

export interface NewRecord {
  readonly key?: Uint8Array | string | null
  readonly value: Uint8Array | string | null
  readonly headers?: Readonly<Record<string, string>>
  /** ms. Default: now. */
  readonly timestamp?: number
  /** Default: kafkajs' partitioner chooses, as Java's does. */
  readonly partition?: number
}

export interface Cluster {
  readonly kind: 'embedded' | 'real'
  /** `host:port`, comma-separated. */
  readonly brokers: string
  /** Base URL of the registry's Confluent-compatible API. */
  readonly registryUrl: string
  readonly createTopic: (name: string, settings?: TopicSettings) => Promise<void>
  /** Writes with kafkajs, so that what we read is not what we wrote. */
  readonly produce: (topic: string, records: readonly NewRecord[]) => Promise<void>
  /** All records that the topic holds now, read with kafkajs, by partition and offset. */
  readonly read: (topic: string) => Promise<readonly TopicRecord[]>
  /** How many records were written to the topic, markers of transactions included. */
  readonly count: (topic: string) => Promise<number>
  readonly close: () => Promise<void>
}

export async function openCluster(): Promise<Cluster> {
  const environment = inject('realEnvironment')
  if (environment === undefined) {
    const { openEmbeddedCluster } = await import('./embedded-cluster.js')
    return openEmbeddedCluster()
  }
  const { openRealCluster } = await import('./real-cluster.js')
  return openRealCluster(environment)
}
