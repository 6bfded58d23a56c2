/** A cluster with its sockets: what runs in the broker's thread, or in the caller's. */
import { BATCH_HEADER_BYTES } from '../../runtime/kafka/record-batch/index.js'
import { ROUTES } from './api/routes.js'
import { ManualClock } from './clock.js'
import { Cluster } from './cluster.js'
import type { CoordinatorType } from './cluster.js'
import type { BrokerControl, BrokerStats } from './control.js'
import type { FaultRule } from './faults.js'
import { readBatchSize } from './log/batch-fields.js'
import { createLogger } from './logger.js'
import type { Logger } from './logger.js'
import type { BrokerSettings, TopicSpec } from './options.js'
import { NodeServer } from './server/node-server.js'
import { DiskStorage } from './storage/disk-storage.js'
import { NO_STORAGE } from './storage/storage.js'
import type { Topic } from './topic.js'

const ROUTES_BY_KEY = new Map(ROUTES.map((route) => [route.key, route]))

export class Broker implements BrokerControl {
  readonly #cluster: Cluster
  readonly #servers: readonly NodeServer[]
  readonly #logger: Logger

  constructor(settings: BrokerSettings) {
    const { dir } = settings
    this.#cluster = new Cluster(settings, dir === undefined ? NO_STORAGE : new DiskStorage(dir))
    this.#logger = createLogger(settings.log)
    this.#servers = this.#cluster.nodes.map(
      (node) => new NodeServer({ cluster: this.#cluster, node, routes: ROUTES_BY_KEY, logger: this.#logger }),
    )
  }

  async start(): Promise<readonly string[]> {
    for (const [index, server] of this.#servers.entries()) {
      await server.start(index === 0 ? this.#cluster.settings.port : 0)
    }
    return this.#cluster.nodes.map(({ host, port }) => `${host}:${port}`)
  }

  createTopic(name: string, spec: TopicSpec): Promise<void> {
    return settle(() => {
      const refused = this.#cluster.createTopic({
        name,
        partitions: spec.partitions ?? -1,
        replicationFactor: -1,
        assignments: [],
        configs: new Map(Object.entries(spec.config ?? {})),
      })
      if (refused !== null) throw new Error(`cannot create topic ${name}: ${refused.message}`)
    })
  }

  deleteTopic(name: string): Promise<void> {
    return settle(() => this.#cluster.deleteTopic(this.#topic(name)))
  }

  appendRaw(topic: string, index: number, bytes: Uint8Array): Promise<number> {
    return settle(() => {
      const partition = this.#topic(topic).partition(index)
      if (partition === undefined) throw new Error(`topic ${topic} has no partition ${index}`)
      const batch = Buffer.from(bytes)
      if (batch.length < BATCH_HEADER_BYTES || readBatchSize(batch, 0) !== batch.length) {
        throw new Error('appendRaw takes one whole batch: its length field must match its bytes')
      }
      return partition.log.appendUnchecked(batch, partition.leaderEpoch)
    })
  }

  addFault(rule: FaultRule): Promise<void> {
    return settle(() => this.#cluster.faults.add(rule))
  }

  clearFaults(): Promise<void> {
    return settle(() => this.#cluster.faults.clear())
  }

  moveLeader(topic: string, partition: number, node: number): Promise<void> {
    return settle(() => this.#cluster.moveLeader(this.#topic(topic), partition, node))
  }

  truncate(topic: string, partition: number, offset: number): Promise<void> {
    return settle(() => this.#cluster.truncate(this.#topic(topic), partition, offset))
  }

  moveCoordinator(type: CoordinatorType, key: string, node: number): Promise<void> {
    return settle(() => this.#cluster.moveCoordinator(type, key, node))
  }

  delayMarkers(ms: number): Promise<void> {
    return settle(() => {
      this.#cluster.transactions.markerDelayMs = ms
    })
  }

  async stopNode(node: number): Promise<void> {
    await this.#server(node).stop()
    this.#cluster.nodeStopped(node)
  }

  async startNode(node: number): Promise<void> {
    await this.#server(node).start(this.#cluster.nodes[node - 1]?.port ?? 0)
  }

  advanceClock(ms: number): Promise<void> {
    return settle(() => {
      const { clock } = this.#cluster
      if (!(clock instanceof ManualClock)) throw new Error("advanceClock needs the option clock: 'manual'")
      clock.advance(ms)
    })
  }

  stats(): Promise<BrokerStats> {
    return settle(() => {
      const { topics, groups, faults } = this.#cluster
      const partitions = topics.flatMap((topic) => topic.partitions)
      return {
        topics: topics.length,
        partitions: partitions.length,
        groups: groups.all().length,
        connections: this.#servers.reduce((sum, server) => sum + server.connections, 0),
        logBytes: partitions.reduce((sum, partition) => sum + partition.log.sizeInBytes, 0),
        endOffsets: Object.fromEntries(
          topics.map((topic) => [topic.name, topic.partitions.map((partition) => partition.log.endOffset)]),
        ),
        faultsLeft: faults.left,
      }
    })
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()))
    this.#cluster.close()
  }

  #topic(name: string): Topic {
    const topic = this.#cluster.topic(name)
    if (topic === undefined) throw new Error(`the embedded broker has no topic ${name}`)
    return topic
  }

  #server(node: number): NodeServer {
    const server = this.#servers[node - 1]
    if (server === undefined) {
      throw new Error(`the embedded cluster has nodes 1 to ${this.#servers.length}, not ${node}`)
    }
    return server
  }
}

/** Runs at once; a throw becomes a rejection, as it would by message. */
const settle = <T>(action: () => T): Promise<T> =>
  new Promise((resolve) => {
    resolve(action())
  })
