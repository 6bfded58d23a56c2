/** Options of the embedded broker, and the settings that follow from them. */
import type { ConfigOverrides } from './control.js'

export type LogLevel = 'silent' | 'error' | 'info' | 'debug'

export interface BrokerOptions {
  /** Nodes of the cluster, each with its own port. Default 1. */
  readonly brokers?: number
  /** `broker.rack` of each node. With them, leaders send readers to a replica in the reader's rack. Default: none. */
  readonly racks?: readonly string[]
  /** Port of the first node on `host`; the default 0 takes free ones. Further nodes always take free ones. */
  readonly port?: number
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Whether asking for the metadata of an unknown topic creates it. Default false. */
  readonly autoCreateTopics?: boolean
  /** Partitions of topics created without a count. Default 1. */
  readonly defaultPartitions?: number
  /** Time from the first JoinGroup of an empty group to its first rebalance, in ms. Default 0. */
  readonly initialRebalanceDelayMs?: number
  /** Smallest session time-out that members may ask for, in ms. Default 500. */
  readonly minSessionTimeoutMs?: number
  /** `manual`: time stands still until `advanceClock`. Default system. */
  readonly clock?: 'system' | 'manual'
  /** Where a manual clock starts, in ms since the epoch. Default now. */
  readonly startTimeMs?: number
  /**
   * Keeps topics, records, offsets and transactions in this directory, over restarts and crashes of the process. One
   * broker at a time may use it. Default: everything is in memory only, and gone with the broker.
   */
  readonly dir?: string
  /** What is written to stderr. Default error. */
  readonly log?: LogLevel
  /** Whether the broker runs in a worker thread of its own. Default true. */
  readonly thread?: boolean
}

export type BrokerSettings = Required<Omit<BrokerOptions, 'dir'>> & Pick<BrokerOptions, 'dir'>

export const DEFAULT_HOST = '127.0.0.1'

export const settingsFrom = (options: BrokerOptions): BrokerSettings => ({
  brokers: 1,
  racks: [],
  port: 0,
  host: DEFAULT_HOST,
  autoCreateTopics: false,
  defaultPartitions: 1,
  initialRebalanceDelayMs: 0,
  minSessionTimeoutMs: 500,
  clock: 'system',
  startTimeMs: Date.now(),
  log: 'error',
  thread: true,
  ...options,
})

export interface TopicSpec {
  /** Default: the broker's `defaultPartitions`. */
  readonly partitions?: number
  /** Topic configs, such as `{ 'retention.ms': '-1' }`. */
  readonly config?: ConfigOverrides
}
