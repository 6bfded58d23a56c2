/**
 * `millrace/config`: the project's settings, `millrace.config.ts`. Everything is optional; command line and environment
 * (`MILLRACE_…`) win over the file. Paths are relative to the folder of the file.
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

export interface MillraceConfig {
  /** Files that export pipelines, as globs. Default: `pipelines/**\/*.ts`. */
  readonly pipelines?: string | readonly string[]
  /** Folder of compiler output. Default: `generated`. */
  readonly generated?: string
  /** tsconfig of the pipelines. Default: the nearest `tsconfig.json`. */
  readonly tsconfig?: string
  /** The schema lock. Default: `schemas.lock.json`. */
  readonly lock?: string
  /** The topology lock: what is deployed, see `millrace plan`. Default: `topology.lock.json`. */
  readonly topology?: string
  /**
   * Folder of schemas that `schema register` and `dev` write to a registry: `<subject>.avsc`, or `<subject>.v1.avsc`,
   * `<subject>.v2.avsc`… for a subject with a history. Default: `schemas`.
   */
  readonly schemas?: string
  /** Folder for local state and caches. Default: `.millrace`. */
  readonly state?: string
  /** Subjects whose longs are `bigint`, as names or globs. Default: none; longs are numbers that are checked. */
  readonly bigint?: readonly string[]
  readonly registry?: RegistryConfig
  readonly kafka?: KafkaConfig
  /** `false`: no HTTP server. */
  readonly http?: HttpConfig | false
  /** Worker threads that execute tasks; 0: in the main thread. Default: 1. */
  readonly threads?: number
  /** Copies of the state of each task in other processes. Default: 0. */
  readonly standbys?: number
  /**
   * `exactly_once`: outputs, dead letters and input offsets commit in one transaction; needs brokers from Kafka 2.5 on.
   * Effects outside of Kafka stay at-least-once. Default: `at_least_once`.
   */
  readonly guarantee?: 'at_least_once' | 'exactly_once'
  /**
   * Time between commits, in ms: what a crash makes process again. Default: 5,000, as Kafka consumers commit; under
   * `exactly_once` 100, since outputs are invisible until then.
   */
  readonly commitInterval?: number
  /** Limit for one run of a pipeline's builder at build time, in ms. Default: 10,000. */
  readonly builderTimeout?: number
}

export type ConfigInput = MillraceConfig | Promise<MillraceConfig> | (() => MillraceConfig | Promise<MillraceConfig>)

/**
 * Types the settings; returns them as they are.
 *
 * @example
 * ```ts
 * export default defineConfig({
 *   registry: { url: process.env.REGISTRY_URL },
 *   kafka: { brokers: ['localhost:9092'] },
 * })
 * ```
 */
export function defineConfig<const C extends ConfigInput>(config: C): C {
  return config
}
