import { startBroker } from '../../embedded/kafka/index.js'
import { startRegistry } from '../../embedded/registry/index.js'
import type { Cluster } from './cluster.js'
import { clusterClient } from './kafkajs-cluster.js'

/** A broker and a registry in this process, of this test file alone. */
export async function openEmbeddedCluster(): Promise<Cluster> {
  const [broker, registry] = await Promise.all([startBroker(), startRegistry()])
  const { kafka: _kafka, ...client } = clusterClient(broker.bootstrap)
  return {
    kind: 'embedded',
    brokers: broker.bootstrap,
    registryUrl: registry.url,
    ...client,
    close: async () => {
      await Promise.all([broker.close(), registry.close()])
    },
  }
}
