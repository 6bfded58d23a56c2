/** `millrace/config`: the project's configuration, types and `defineConfig`. Pure data; the CLI loads and checks it. */

export interface RegistryConfig {
  /** Base URL, with its path where the registry has one (`https://host/apis/ccompat/v7`). */
  readonly url: string
  /** Basic authentication, or a bearer token. */
  readonly auth?: { readonly username: string; readonly password: string } | { readonly token: string }
  /** PEM text, or path of a PEM file, of the authority that signed the registry's certificate. */
  readonly ca?: string
  /** Of one request, in ms. Default 10000. */
  readonly timeoutMs?: number
  /** Further tries after 429, 5xx and network errors. Default 5. */
  readonly retries?: number
}

export interface KafkaConfig {
  /** `host:port` of one broker or more. */
  readonly brokers: readonly string[]
  /** Default: the application id. */
  readonly clientId?: string
  /** true, or options of `tls.connect`. */
  readonly ssl?: boolean | Readonly<Record<string, unknown>>
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
    readonly username: string
    readonly password: string
  }
}

export interface HttpConfig {
  /** Of /metrics, /healthz and /readyz; 0: chosen by the system. */
  readonly port: number
  /** Default 127.0.0.1. */
  readonly host?: string
}

export interface MillraceConfig {
  /** Files that export pipelines: globs relative to the configuration file. Default `['pipelines/**\/*.ts']`. */
  readonly pipelines?: readonly string[]
  /** Folder of compiler output. Default `generated`. */
  readonly generated?: string
  /** Default `schemas.lock.json`. */
  readonly lock?: string
  /** Default `tsconfig.json`. */
  readonly tsconfig?: string
  /** Folder of `.avsc` files for `schema register` and `dev`: `<subject>.avsc`, or `<subject>.v<n>.avsc`. Default `schemas`. */
  readonly schemas?: string
  readonly registry?: RegistryConfig
  readonly kafka?: KafkaConfig
  readonly http?: HttpConfig
  /** Worker threads with executors. Default 1. */
  readonly threads?: number
  /** Longest time between commits, in ms. Default: the runtime's. */
  readonly commitIntervalMs?: number
  /** Subjects whose longs are `bigint` instead of checked `number`s. */
  readonly bigints?: readonly string[]
}

export type MillraceConfigExport =
  MillraceConfig | Promise<MillraceConfig> | (() => MillraceConfig | Promise<MillraceConfig>)

/**
 * Gives the type to a configuration file.
 *
 * @example
 * ```ts
 * // millrace.config.ts
 * export default defineConfig({
 *   registry: { url: 'http://127.0.0.1:8081' },
 *   kafka: { brokers: ['127.0.0.1:9092'] },
 * })
 * ```
 */
export function defineConfig(config: MillraceConfigExport): MillraceConfigExport {
  return config
}
