import type { KafkaListener } from './kafka-cluster.js'

export interface NodeSettings {
  readonly id: number
  readonly nodes: number
  readonly port: number
  readonly controllerPort: number
  readonly voters: string
  readonly dataDirectory: string
  readonly listeners: readonly (KafkaListener & { readonly port: number })[]
}

/**
 * A combined broker and controller on loopback, tuned to be small and quick to notice failures. With three nodes, topics
 * have three replicas and need two in sync.
 */
export function serverProperties(node: NodeSettings, extra: Readonly<Record<string, string>>): string {
  const replicas = Math.min(node.nodes, 3)
  const minInSync = replicas === 3 ? 2 : 1
  const properties: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': node.id,
    'controller.quorum.voters': node.voters,
    ...listenerProperties(node),
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': node.dataDirectory,
    'auto.create.topics.enable': false,
    'num.partitions': 1,
    'default.replication.factor': replicas,
    'min.insync.replicas': minInSync,
    ...internalTopic('offsets.topic', replicas),
    ...internalTopic('transaction.state.log', replicas),
    'transaction.state.log.min.isr': minInSync,
    ...internalTopic('share.coordinator.state.topic', replicas),
    'share.coordinator.state.topic.min.isr': minInSync,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 500,
    // A restarted broker waits until its former session has run out: 12 s with the default of 9 s.
    'broker.session.timeout.ms': 2000,
    'broker.heartbeat.interval.ms': 300,
    'controlled.shutdown.enable': false,
    // Test data has historic timestamps: no topic may lose records because it was not told otherwise.
    'log.retention.ms': -1,
    'log.segment.bytes': 16_777_216,
    'log.index.size.max.bytes': 1_048_576,
    'log.cleaner.threads': 1,
    'log.cleaner.dedupe.buffer.size': 2_097_152,
    // Tests wait for them.
    'log.cleaner.backoff.ms': 200,
    'log.retention.check.interval.ms': 500,
    'log.initial.task.delay.ms': 500,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'background.threads': 2,
    'num.recovery.threads.per.data.dir': 1,
    ...(node.nodes > 1 ? quorumProperties : {}),
    ...extra,
  }
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

function listenerProperties({ port, controllerPort, listeners }: NodeSettings): Record<string, string> {
  const forClients = [
    `PLAINTEXT://127.0.0.1:${port}`,
    ...listeners.map((each) => `${each.name}://127.0.0.1:${each.port}`),
  ]
  const protocols = listeners.map(({ name, protocol }) => `${name}:${protocol}`)
  const own = listeners.flatMap(({ name, properties }) =>
    Object.entries(properties).map(([key, value]) => [`listener.name.${name.toLowerCase()}.${key}`, value] as const),
  )
  return {
    listeners: [...forClients, `CONTROLLER://127.0.0.1:${controllerPort}`].join(),
    'advertised.listeners': forClients.join(),
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': ['PLAINTEXT:PLAINTEXT', 'CONTROLLER:PLAINTEXT', ...protocols].join(),
    ...Object.fromEntries(own),
  }
}

const quorumProperties = {
  'controller.quorum.election.timeout.ms': 500,
  'controller.quorum.fetch.timeout.ms': 1000,
  'replica.lag.time.max.ms': 3000,
  'unclean.leader.election.enable': false,
}

function internalTopic(prefix: string, replicas: number): Record<string, number> {
  return { [`${prefix}.replication.factor`]: replicas, [`${prefix}.num.partitions`]: 4 }
}
