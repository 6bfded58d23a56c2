/**
 * The state that all nodes of an embedded cluster share: topics, groups, producer ids, and which node leads what. One
 * thread runs all of it, so there is no replication: leaders and coordinators are a matter of who answers.
 */
import { randomBytes } from 'node:crypto'
import { ErrorCode, uuidFromBytes } from '../../runtime/kafka/protocol/index.js'
import { buildControlBatch } from '../../runtime/kafka/record-batch/index.js'
import { ManualClock, systemClock } from './clock.js'
import type { Clock } from './clock.js'
import { Faults } from './faults.js'
import { GroupCoordinator } from './group/group-coordinator.js'
import { LogCleaner } from './log-cleaner.js'
import type { BrokerSettings } from './options.js'
import { TransactionCoordinator } from './transaction/transaction-coordinator.js'
import type { Marker } from './transaction/transaction-coordinator.js'
import { configProblem } from './topic-config.js'
import type { Storage, StoredState } from './storage/storage.js'
import { Topic, collidesWith, topicNameProblem } from './topic.js'
import type { Partition } from './topic.js'

export interface ClusterNode {
  readonly id: number
  readonly host: string
  readonly rack: string | null
  port: number
  isUp: boolean
}

export interface NewTopic {
  readonly name: string
  readonly partitions: number
  readonly replicationFactor: number
  /** Replicas of each partition in place of the two numbers. */
  readonly assignments: readonly (readonly number[])[]
  readonly configs: ReadonlyMap<string, string>
}

export interface Refusal {
  readonly errorCode: number
  readonly message: string
}

const refusal = (errorCode: number, message: string): Refusal => ({ errorCode, message })

/** Java's String.hashCode, which decides the coordinator of a key. */
const javaHash = (text: string): number => {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (Math.imul(31, hash) + text.charCodeAt(index)) | 0
  return hash & 0x7fff_ffff
}

export const DEFAULT_REPLICATION_FACTOR = 3

/** As many as Kafka's controller gives to a broker at once. */
const PRODUCER_ID_BLOCK = 1000n

export type CoordinatorType = 'group' | 'transaction'

export class Cluster {
  readonly id: string
  readonly clock: Clock
  readonly faults = new Faults()
  readonly groups: GroupCoordinator
  readonly transactions: TransactionCoordinator
  readonly settings: BrokerSettings
  readonly #cleaner: LogCleaner
  readonly #nodes: ClusterNode[] = []
  readonly #topics = new Map<string, Topic>()
  readonly #movedCoordinators = new Map<string, number>()
  readonly #storage: Storage
  #nextProducerId: bigint
  /** Ids below were reserved in the storage. */
  #reservedProducerIds: bigint

  constructor(settings: BrokerSettings, storage: Storage) {
    this.settings = settings
    this.#storage = storage
    const stored = storage.load()
    this.id = stored.clusterId ?? uuidFromBytes(randomBytes(16))
    this.#nextProducerId = stored.nextProducerId
    this.#reservedProducerIds = stored.nextProducerId
    this.clock = settings.clock === 'manual' ? new ManualClock(settings.startTimeMs) : systemClock
    this.#cleaner = new LogCleaner({
      clock: this.clock,
      topics: () => this.topics,
      deleteRecordsBelow: (topic, partition, offset) => this.deleteRecordsBelow(topic, partition, offset),
    })
    this.groups = new GroupCoordinator({
      clock: this.clock,
      initialRebalanceDelayMs: settings.initialRebalanceDelayMs,
      storage,
    })
    this.transactions = new TransactionCoordinator({
      clock: this.clock,
      newProducerId: () => this.newProducerId(),
      save: (transaction) => storage.saveTransaction(transaction),
      markPartition: (topic, partition, marker) => this.#mark(topic, partition, marker),
      markGroup: (group, { producerId, committed }) =>
        this.groups.get(group)?.offsets.endTransaction(producerId, committed),
    })
    for (let id = 1; id <= settings.brokers; id++) {
      this.#nodes.push({ id, host: settings.host, rack: settings.racks[id - 1] ?? null, port: 0, isUp: false })
    }
    this.#restore(stored)
  }

  get nodes(): readonly ClusterNode[] {
    return this.#nodes
  }

  get liveNodes(): readonly ClusterNode[] {
    return this.#nodes.filter((node) => node.isUp)
  }

  get controllerId(): number {
    return this.liveNodes[0]?.id ?? -1
  }

  get topics(): readonly Topic[] {
    return [...this.#topics.values()]
  }

  topic(name: string): Topic | undefined {
    return this.#topics.get(name)
  }

  topicById(id: string): Topic | undefined {
    return this.topics.find((topic) => topic.id === id)
  }

  /** Null when it was created, or could be. */
  createTopic(request: NewTopic, validateOnly = false): Refusal | null {
    const problem = this.#topicProblem(request)
    if (problem !== null || validateOnly) return problem
    const topic = new Topic(request.name, request.configs, this.#storage)
    if (request.assignments.length > 0) for (const replicas of request.assignments) topic.addPartition(replicas)
    else {
      const count = this.partitionCount(request)
      for (let index = 0; index < count; index++)
        topic.addPartition(this.#place(index, this.replicationFactor(request)))
    }
    this.#topics.set(topic.name, topic)
    this.#storage.saveTopic(topic)
    this.#cleaner.watch()
    return null
  }

  /** As many as Kafka's clusters usually have, and there are nodes for. */
  replicationFactor(request: NewTopic): number {
    if (request.replicationFactor > 0) return request.replicationFactor
    return request.assignments[0]?.length ?? Math.min(DEFAULT_REPLICATION_FACTOR, this.#nodes.length)
  }

  partitionCount(request: NewTopic): number {
    if (request.assignments.length > 0) return request.assignments.length
    return request.partitions === -1 ? this.settings.defaultPartitions : request.partitions
  }

  deleteTopic(topic: Topic): void {
    this.#topics.delete(topic.name)
    this.#storage.removeTopic(topic)
    this.groups.topicDeleted(topic.name)
    for (const partition of topic.partitions) partition.log.wake()
  }

  addPartitions(topic: Topic, count: number): void {
    for (let index = topic.partitions.length; index < count; index++)
      topic.addPartition(this.#place(index, topic.partitions[0]?.replicas.length ?? 1))
    this.#storage.saveTopic(topic)
  }

  setConfig(topic: Topic, values: ReadonlyMap<string, string>): void {
    topic.config.replace(values)
    this.#storage.saveTopic(topic)
    this.#cleaner.watch()
  }

  deleteRecordsBelow(topic: Topic, partition: Partition, offset: number): void {
    partition.log.truncateBelow(offset)
    this.#storage.saveTopic(topic)
  }

  newProducerId(): bigint {
    if (this.#nextProducerId === this.#reservedProducerIds) {
      this.#reservedProducerIds += PRODUCER_ID_BLOCK
      this.#storage.saveCluster(this.id, this.#reservedProducerIds)
    }
    return this.#nextProducerId++
  }

  /** The node that coordinates a group or a transactional id; undefined when none is up. */
  coordinator(type: CoordinatorType, key: string): ClusterNode | undefined {
    const moved = this.#movedCoordinators.get(`${type}:${key}`)
    const home = javaHash(key) % this.#nodes.length
    const ring = [...this.#nodes.slice(home), ...this.#nodes.slice(0, home)]
    return ring.find((node) => node.isUp && node.id === moved) ?? ring.find((node) => node.isUp)
  }

  moveCoordinator(type: CoordinatorType, key: string, nodeId: number): void {
    this.#movedCoordinators.set(`${type}:${key}`, nodeId)
  }

  /** Partitions that a stopped node led go to another replica that is up, if there is one. */
  nodeStopped(nodeId: number): void {
    const live = new Set(this.liveNodes.map((node) => node.id))
    for (const topic of this.topics) {
      for (const { index, leader, replicas } of topic.partitions) {
        const successor = replicas.find((id) => live.has(id))
        if (leader === nodeId && successor !== undefined) this.moveLeader(topic, index, successor)
      }
    }
  }

  /** Gives a partition another leader and wakes its readers. */
  moveLeader(topic: Topic, index: number, nodeId: number): void {
    const partition = topic.partition(index)
    if (partition === undefined) throw new RangeError(`topic ${topic.name} has no partition ${index}`)
    partition.leader = nodeId
    partition.leaderEpoch++
    partition.log.epochs.assign(partition.leaderEpoch, partition.log.endOffset)
    this.#storage.saveTopic(topic)
    partition.log.wake()
  }

  /** The leader comes back without what was appended from `offset` on, as after an unclean election. */
  truncate(topic: Topic, index: number, offset: number): void {
    const partition = topic.partition(index)
    if (partition === undefined) throw new RangeError(`topic ${topic.name} has no partition ${index}`)
    partition.log.truncateFrom(offset)
    this.moveLeader(topic, index, partition.leader)
  }

  close(): void {
    this.#cleaner.close()
    this.groups.close()
    this.transactions.close()
    this.#storage.close()
  }

  #restore({ clusterId, topics, offsets, transactions }: StoredState): void {
    if (clusterId === null) this.#storage.saveCluster(this.id, this.#nextProducerId)
    for (const { id, name, config, partitions } of topics) {
      const topic = new Topic(name, new Map(Object.entries(config)), this.#storage, id)
      for (const partition of partitions) topic.restorePartition(partition)
      this.#topics.set(name, topic)
    }
    for (const offset of offsets) this.groups.getOrCreate(offset.group).offsets.restore(offset)
    this.transactions.restore(transactions)
    this.#cleaner.watch()
  }

  /** Writes the marker that ends a transaction in one partition, unless its topic has been deleted meanwhile. */
  #mark(topic: string, index: number, { committed, ...identity }: Marker): void {
    const partition = this.topic(topic)?.partition(index)
    if (partition === undefined) return
    const type = committed ? 'commit' : 'abort'
    const batch = buildControlBatch({ type, ...identity, timestamp: this.clock.now() })
    partition.log.appendMarker(batch, partition.leaderEpoch, !committed)
  }

  #topicProblem(request: NewTopic): Refusal | null {
    const { name, assignments, configs, replicationFactor } = request
    const invalidName = topicNameProblem(name)
    if (invalidName !== null) return refusal(ErrorCode.INVALID_TOPIC_EXCEPTION, invalidName)
    if (this.#topics.has(name)) return refusal(ErrorCode.TOPIC_ALREADY_EXISTS, `Topic '${name}' already exists.`)
    const twin = this.topics.find((topic) => collidesWith(topic.name, name))
    if (twin !== undefined) {
      return refusal(ErrorCode.INVALID_TOPIC_EXCEPTION, `Topic '${name}' collides with existing topic: ${twin.name}`)
    }
    for (const [key, value] of configs) {
      const invalid = configProblem(key, value)
      if (invalid !== null) return refusal(ErrorCode.INVALID_CONFIG, invalid)
    }
    if (assignments.length > 0) return this.#assignmentProblem(request)
    if (this.partitionCount(request) <= 0) {
      return refusal(ErrorCode.INVALID_PARTITIONS, 'Number of partitions was set to an invalid non-positive value.')
    }
    if (replicationFactor !== -1 && replicationFactor <= 0) {
      return refusal(ErrorCode.INVALID_REPLICATION_FACTOR, 'Replication factor must be larger than 0.')
    }
    if (replicationFactor > this.liveNodes.length) {
      return refusal(
        ErrorCode.INVALID_REPLICATION_FACTOR,
        `Unable to replicate the partition ${replicationFactor} time(s): The target replication factor of ${replicationFactor} cannot be reached because only ${this.liveNodes.length} broker(s) are registered.`,
      )
    }
    return null
  }

  #assignmentProblem({ partitions, replicationFactor, assignments }: NewTopic): Refusal | null {
    if (partitions !== -1 || replicationFactor !== -1) {
      return refusal(
        ErrorCode.INVALID_REQUEST,
        'Both numPartitions or replicationFactor and replicasAssignments were set.',
      )
    }
    const known = new Set(this.#nodes.map((node) => node.id))
    return assignments.every((replicas) => replicas.length > 0 && replicas.every((id) => known.has(id)))
      ? null
      : refusal(ErrorCode.INVALID_REPLICA_ASSIGNMENT, 'The manual partition assignment includes an unknown broker.')
  }

  /** Replicas in turn over the live nodes, the leader first. */
  #place(index: number, replicationFactor: number): number[] {
    const live = this.liveNodes
    const replicas: number[] = []
    for (let step = 0; step < Math.min(replicationFactor, live.length); step++) {
      const node = live[(index + step) % live.length]
      if (node !== undefined) replicas.push(node.id)
    }
    return replicas
  }
}
