/** Brokers that can be harmed, of either kind. */
import { startBroker, type EmbeddedBroker } from '../../embedded/kafka/index.js'
import { prepareDistributions } from '../../scripts/real-kafka/distributions.js'
import { startKafkaCluster, type KafkaCluster } from '../../scripts/real-kafka/kafka-cluster.js'
import { clusterClient, type ClusterClient } from '../e2e/kafkajs-cluster.js'
import { MOVING_SOON, moveSomeLeader } from './leader-moves.js'
import type { Random } from './random.js'
import { GROUP, PARTITIONS, TOPICS } from './workload.js'

export type BrokerKind = 'embedded' | 'real'

export interface FaultCluster extends Pick<ClusterClient, 'createTopic' | 'produce'> {
  readonly kind: BrokerKind
  readonly brokers: string
  /** Does one thing to the brokers and says what; it is over, or goes on by itself, when the promise resolves. */
  readonly harm: (random: Random) => Promise<string>
  /** All nodes run, no rule is left. */
  readonly heal: () => Promise<void>
  readonly close: () => Promise<void>
}

const NODES = 3

export const openFaultCluster = async (kind: BrokerKind): Promise<FaultCluster> => {
  if (kind === 'embedded') return embedded(await startBroker({ brokers: NODES }))
  const { kafkaClasspath } = await prepareDistributions((line) => {
    console.error(line)
  })
  const properties = { 'transaction.abort.timed.out.transaction.cleanup.interval.ms': '500', ...MOVING_SOON }
  return real(await startKafkaCluster({ classpath: kafkaClasspath, nodes: NODES, properties }))
}

const embedded = (broker: EmbeddedBroker): FaultCluster => {
  const { faults } = broker
  const { kafka: _kafka, ...client } = clusterClient(broker.bootstrap)
  const stopped = new Set<number>()
  const heal = async (): Promise<void> => {
    await faults.clear()
    await faults.delayMarkers(0)
    for (const node of stopped) await faults.startNode(node)
    stopped.clear()
  }
  const moves: readonly ((random: Random) => Promise<string>)[] = [
    async (random) => {
      const [topic, partition, node] = [
        random.pick([TOPICS.input, TOPICS.output, TOPICS.counts]),
        random.between(0, PARTITIONS),
        random.between(1, NODES + 1),
      ]
      await faults.moveLeader(topic, partition, node)
      return `the leader of ${topic}-${partition} moves to ${node}`
    },
    async (random) => {
      const node = random.between(1, NODES + 1)
      await faults.moveCoordinator('group', GROUP, node)
      return `the coordinator of the group moves to ${node}`
    },
    async (random) => {
      const node = random.between(1, NODES + 1)
      await faults.stopNode(node)
      stopped.add(node)
      return `node ${node} stops`
    },
    async (random) => {
      const [api, when] = [random.pick(APIS), random.pick(['before', 'after'] as const)]
      await faults.add({ api, times: random.between(1, 4), effect: { kind: 'drop', when } })
      return `connections are cut ${when} ${api}`
    },
    async (random) => {
      const [api, errorCode] = random.pick(ERRORS)
      await faults.add({ api, times: random.between(1, 6), effect: { kind: 'error', errorCode } })
      return `${api} is answered with error ${errorCode}`
    },
    async (random) => {
      const api = random.pick(APIS)
      await faults.add({ api, effect: { kind: 'delay', ms: random.between(100, 800) } })
      return `${api} is slow`
    },
    async (random) => {
      const ms = random.between(20, 300)
      await faults.delayMarkers(ms)
      return `markers come ${ms} ms late`
    },
  ]
  return {
    kind: 'embedded',
    brokers: broker.bootstrap,
    ...client,
    harm: async (random) => {
      // A node is down from one such event to the next.
      for (const node of stopped) await faults.startNode(node)
      stopped.clear()
      return random.pick(moves)(random)
    },
    heal,
    close: () => broker.close(),
  }
}

const APIS = ['Produce', 'Fetch', 'EndTxn', 'TxnOffsetCommit', 'OffsetCommit', 'JoinGroup', 'InitProducerId'] as const

/** As brokers answer while they move things; each may be tried again. */
const ERRORS = [
  ['Produce', 6],
  ['Produce', 7],
  ['Fetch', 6],
  ['EndTxn', 14],
  ['EndTxn', 16],
  ['EndTxn', 51],
  ['TxnOffsetCommit', 14],
  ['TxnOffsetCommit', 15],
  ['OffsetCommit', 16],
  ['JoinGroup', 15],
  ['InitProducerId', 51],
] as const

const real = (cluster: KafkaCluster): FaultCluster => {
  const { kafka, ...client } = clusterClient(cluster.brokers)
  let down: number | undefined
  let frozen: number | undefined
  const heal = async (): Promise<void> => {
    if (frozen !== undefined) cluster.signal(frozen, 'SIGCONT')
    frozen = undefined
    if (down !== undefined) await cluster.revive(down)
    down = undefined
  }
  return {
    kind: 'real',
    brokers: cluster.brokers,
    ...client,
    harm: async (random) => {
      await heal()
      const node = random.between(1, NODES + 1)
      const drawn = random.next()
      if (drawn < 0.4) return moveSomeLeader(kafka, NODES, random)
      if (drawn < 0.7) {
        await cluster.kill(node)
        down = node
        return `node ${node} is killed: leaders and coordinators move`
      }
      cluster.signal(node, 'SIGSTOP')
      frozen = node
      return `node ${node} is frozen: half-open connections`
    },
    heal,
    close: () => cluster.stop(),
  }
}
