/** The broker configs that DescribeConfigs answers: those that decide how this broker behaves. */
import type { ConfigType } from '../topic-config.js'
import { TOPIC_CONFIGS } from '../topic-config.js'
import { DEFAULT_REPLICATION_FACTOR } from '../cluster.js'
import type { Cluster } from '../cluster.js'

export interface BrokerConfig {
  readonly name: string
  readonly value: string
  readonly type: ConfigType
}

/** Topic configs whose broker-wide counterpart has another name. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['max.message.bytes', 'message.max.bytes'],
  ['retention.ms', 'log.retention.ms'],
  ['retention.bytes', 'log.retention.bytes'],
  ['segment.bytes', 'log.segment.bytes'],
  ['segment.ms', 'log.roll.ms'],
  ['cleanup.policy', 'log.cleanup.policy'],
  ['message.timestamp.type', 'log.message.timestamp.type'],
  ['min.insync.replicas', 'min.insync.replicas'],
  ['compression.type', 'compression.type'],
  ['unclean.leader.election.enable', 'unclean.leader.election.enable'],
])

export const brokerConfigs = ({ settings, nodes }: Cluster, nodeId: number): BrokerConfig[] => [
  { name: 'node.id', value: String(nodeId), type: 'int' },
  { name: 'auto.create.topics.enable', value: String(settings.autoCreateTopics), type: 'boolean' },
  { name: 'num.partitions', value: String(settings.defaultPartitions), type: 'int' },
  {
    name: 'default.replication.factor',
    value: String(Math.min(DEFAULT_REPLICATION_FACTOR, nodes.length)),
    type: 'int',
  },
  { name: 'delete.topic.enable', value: 'true', type: 'boolean' },
  { name: 'group.initial.rebalance.delay.ms', value: String(settings.initialRebalanceDelayMs), type: 'int' },
  { name: 'group.min.session.timeout.ms', value: String(settings.minSessionTimeoutMs), type: 'int' },
  { name: 'group.max.session.timeout.ms', value: String(MAX_SESSION_TIMEOUT_MS), type: 'int' },
  ...[...RENAMED].map(([topicName, name]) => ({
    name,
    value: TOPIC_CONFIGS.get(topicName)?.default ?? '',
    type: TOPIC_CONFIGS.get(topicName)?.type ?? ('string' as const),
  })),
]

/** Kafka's default for group.max.session.timeout.ms. */
export const MAX_SESSION_TIMEOUT_MS = 1_800_000
