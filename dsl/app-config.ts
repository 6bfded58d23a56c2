/**
 * How an application connects and runs: options of `createApp`, and part of `millrace.config.ts`. Everything but the
 * brokers has a default. Times in ms. docs/configuration.md has the variables that win over them.
 */

/** Basic authentication, or a bearer token. */
export type Credentials =
  { readonly basic: { readonly username: string; readonly password: string } } | { readonly bearer: string }

export interface RegistryConfig {
  /** Base URL of a registry that speaks Confluent's REST API. */
  readonly url?: string | undefined
  readonly auth?: Credentials
  /** PEM text of the certificate authority, or the path of a PEM file. */
  readonly ca?: string
  /** For one request, in ms. Default: 10,000. */
  readonly timeout?: number
  /** Further attempts after a time-out, a 5xx or a 429. Default: 4. */
  readonly retries?: number
}

export interface TlsConfig {
  /** PEM text or path of a PEM file. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly passphrase?: string
  /** Default: true. Only for tests. */
  readonly rejectUnauthorized?: boolean
}

export interface SaslPasswordConfig {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: string
}

export interface SaslTokenConfig {
  readonly mechanism: 'oauthbearer'
  /** A token as it is, or where to get one. */
  readonly token: string | TokenEndpoint
}

/** OAuth 2 client credentials; a token is asked for again before it runs out. */
export interface TokenEndpoint {
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope?: string
}

export type SaslConfig = SaslPasswordConfig | SaslTokenConfig

export interface KafkaConfig {
  /** `host:port` of some brokers of the cluster. */
  readonly brokers?: readonly string[]
  /** Default: `millrace`. */
  readonly clientId?: string
  /** Default: false. */
  readonly ssl?: boolean | TlsConfig
  readonly sasl?: SaslConfig
}

export interface HttpConfig {
  /** Port of metrics, health and readiness; 0: any free one. Default: 9464. */
  readonly port?: number
  /** Default: `127.0.0.1`. */
  readonly host?: string
}

export interface AppConfig {
  readonly kafka?: KafkaConfig
  readonly registry?: RegistryConfig
  /** Metrics, health and readiness. Default: false, no server. */
  readonly http?: HttpConfig | false
  /** Copies of the state of each task in other processes, which take over at once when its process is gone. Default: 0. */
  readonly standbys?: number
  /**
   * A process gets a task whose state it has up to so many records (Kafka Streams' `acceptable.recovery.lag`); else it makes
   * a copy first, and the task stays where it is. Default: 10,000.
   */
  readonly acceptableRecoveryLag?: number
  /** Copies that are made at a time to move tasks (Kafka Streams' `max.warmup.replicas`). Default: 2. */
  readonly maxWarmupReplicas?: number
  /** How often it is looked whether such copies are near, in ms (Kafka Streams' `probing.rebalance.interval.ms`). Default: 600,000. */
  readonly probingRebalanceInterval?: number
  /** Worker threads that execute tasks; 0: in this thread. Default: 1, or 0 when the pipeline is given as an object. */
  readonly threads?: number
  /**
   * `exactly_once`: outputs, dead letters and input offsets commit in one transaction, and inputs are read committed;
   * needs brokers from Kafka 2.5 on. Effects outside of Kafka stay at-least-once. Default: `at_least_once`.
   */
  readonly guarantee?: 'at_least_once' | 'exactly_once'
  /**
   * Time between commits; what a crash makes process again. Default: 5,000, as Kafka consumers commit: a commit costs
   * one request, so there is no need for the 30 s of Kafka Streams. Under `exactly_once` it is how long outputs stay
   * invisible; default there: 100.
   */
  readonly commitInterval?: number
  /**
   * Under `exactly_once`: the broker aborts a transaction that is open for longer; so long a crashed process holds up
   * readers of its outputs and those who take over. Default: 10,000.
   */
  readonly transactionTimeout?: number
  /** Default: 45,000. */
  readonly sessionTimeout?: number
  /** Default: 3,000. */
  readonly heartbeatInterval?: number
  /** Longest time without progress before the process leaves the group. Default: 300,000. */
  readonly maxPollInterval?: number
  /** Default: 30,000. */
  readonly requestTimeout?: number
  /** How long the start may wait for brokers, topics and registry. Default: 60,000; 0: one try. */
  readonly startTimeout?: number
  /** How long closing may wait for acknowledgements and the last commit. Default: 30,000. */
  readonly shutdownTimeout?: number
  /** How often partition counts are looked at. Default: 300,000. */
  readonly metadataMaxAge?: number
  /** How often records of repartition topics that are done are deleted. Default: 30,000. */
  readonly repartitionPurgeInterval?: number
  /** Snapshots of stores, so that a restart reads only the end of their changelogs. */
  readonly state?: {
    /** Several processes may share it. false: no snapshots. Default: `.millrace/state`. */
    readonly directory?: string | false
    /** Default: 300,000. They are also taken when tasks leave the process. */
    readonly snapshotInterval?: number
  }
  /** What to do when a worker fails. Default: `stop_client`. */
  readonly onUncaughtError?: 'replace_worker' | 'stop_client' | 'stop_application'
  /** Where to begin without a committed offset. Default: `earliest`. */
  readonly autoOffsetReset?: 'earliest' | 'latest' | 'none'
  /** Default: `read_committed`. */
  readonly isolation?: 'read_committed' | 'read_uncommitted'
  /** Verify checksums of fetched batches. Default: true. */
  readonly checkCrcs?: boolean
  readonly fetch?: {
    /** Longest wait of a broker for data. Default: 500. */
    readonly maxWait?: number
    /** Default: 1. */
    readonly minBytes?: number
    /** Fetched bytes kept per thread, the memory of responses included. Default: 64 MiB. */
    readonly budgetBytes?: number
    /** Fetched records kept per thread, give or take a batch. Default: no limit. */
    readonly budgetRecords?: number
    /** Default: 4 MiB. */
    readonly maxPartitionBytes?: number
    /** Reads from a replica in this rack, if brokers offer one. Default: from leaders. */
    readonly rack?: string
    /** For tests: overwrites fetched bytes that are done with, so that nobody reads them unnoticed. Default: false. */
    readonly overwriteDone?: boolean
  }
  readonly produce?: {
    /** Default: `none`. */
    readonly compression?: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
    /** How long a batch waits for more records. Default: 5, and at-least-once only while others are under way. */
    readonly linger?: number
    /** Default: 256 KiB. */
    readonly batchBytes?: number
    /** Upper limit of a record. Default: each topic's `max.message.bytes`. */
    readonly maxRecordBytes?: number
    /** Default: 8 MiB. */
    readonly maxRequestBytes?: number
    /** Unacknowledged bytes per thread before processing waits. Default: 32 MiB. */
    readonly bufferBytes?: number
    /** Default: 120,000. */
    readonly deliveryTimeout?: number
  }
}
