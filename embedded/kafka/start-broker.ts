/** Starts an embedded broker and gives the handle to it. */
import { BrokerThread } from './broker-thread.js'
import { Broker } from './broker.js'
import type { CoordinatorType } from './cluster.js'
import type { BrokerControl, BrokerStats } from './control.js'
import type { FaultRule } from './faults.js'
import { settingsFrom } from './options.js'
import type { BrokerOptions, TopicSpec } from './options.js'

/** Faults and moves, for tests of how clients take them. */
export interface BrokerFaults {
  /** Adds a rule; it takes effect on the next requests that it matches. */
  add(rule: FaultRule): Promise<void>
  /** Removes all rules. Connections that a rule has frozen stay so. */
  clear(): Promise<void>
  /** Gives a partition another leader, with a new leader epoch. */
  moveLeader(topic: string, partition: number, node: number): Promise<void>
  /** Loses the records of a partition from `offset` on, as an unclean election does: a new leader epoch begins there. */
  truncate(topic: string, partition: number, offset: number): Promise<void>
  /** Gives a group or a transactional id another coordinator. */
  moveCoordinator(type: CoordinatorType, key: string, node: number): Promise<void>
  /**
   * Transactions that end from now on get their markers this many ms later: until then their records are undecided,
   * and requests of the same producer are told CONCURRENT_TRANSACTIONS. 0, the default: at once.
   */
  delayMarkers(ms: number): Promise<void>
  /**
   * Closes the port of a node and cuts its connections. Its data are kept; other replicas take over what it led, and
   * other nodes what it coordinated.
   */
  stopNode(node: number): Promise<void>
  /** Starts a stopped node again, on its old port. */
  startNode(node: number): Promise<void>
}

export interface EmbeddedBroker extends AsyncDisposable {
  /** `host:port` of the nodes, separated by commas: what clients take as bootstrap servers. */
  readonly bootstrap: string
  /** `host:port` of each node; node ids count from 1. */
  readonly addresses: readonly string[]
  readonly faults: BrokerFaults
  /** Rejects when the topic exists or the spec is invalid. */
  createTopic(name: string, spec?: TopicSpec): Promise<void>
  /** Rejects when there is no such topic. */
  deleteTopic(name: string): Promise<void>
  /**
   * Appends one batch as it is, unchecked, as a producer never could: with a wrong checksum, say, or emptied as by
   * compaction. Only its base offset and leader epoch are set. Resolves with the base offset.
   */
  appendRaw(topic: string, partition: number, batch: Uint8Array): Promise<number>
  /** Moves a manual clock, in ms. Rejects with the system clock. */
  advanceClock(ms: number): Promise<void>
  stats(): Promise<BrokerStats>
  /** Cuts all connections and ends the broker's thread. Data are gone unless they have a directory. */
  close(): Promise<void>
}

/**
 * Starts a Kafka broker on a loopback port. It runs in a worker thread unless `thread: false`.
 *
 * @throws when the port is taken.
 */
export const startBroker = async (options: BrokerOptions = {}): Promise<EmbeddedBroker> => {
  const settings = settingsFrom(options)
  const control: BrokerControl = settings.thread ? await BrokerThread.create(settings) : new Broker(settings)
  try {
    return handleFor(control, await control.start())
  } catch (error) {
    await control.close()
    throw error
  }
}

const handleFor = (control: BrokerControl, addresses: readonly string[]): EmbeddedBroker => {
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= control.close())
  const running = (): BrokerControl => {
    if (closing !== undefined) throw new Error('the embedded broker is closed')
    return control
  }
  return {
    bootstrap: addresses.join(','),
    addresses,
    faults: {
      add: async (rule) => running().addFault(rule),
      clear: async () => running().clearFaults(),
      moveLeader: async (topic, partition, node) => running().moveLeader(topic, partition, node),
      truncate: async (topic, partition, offset) => running().truncate(topic, partition, offset),
      moveCoordinator: async (type, key, node) => running().moveCoordinator(type, key, node),
      delayMarkers: async (ms) => running().delayMarkers(ms),
      stopNode: async (node) => running().stopNode(node),
      startNode: async (node) => running().startNode(node),
    },
    createTopic: async (name, spec = {}) => running().createTopic(name, spec),
    deleteTopic: async (name) => running().deleteTopic(name),
    appendRaw: async (topic, partition, batch) => running().appendRaw(topic, partition, batch),
    advanceClock: async (ms) => running().advanceClock(ms),
    stats: async () => running().stats(),
    close,
    [Symbol.asyncDispose]: close,
  }
}
