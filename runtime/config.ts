/**
 * Options of an application: checked, completed with defaults, and overridable from the environment. Names are those of
 * `millrace.config.ts` (`dsl/config.ts`), so that its parts can be passed on.
 */
import { existsSync, readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import * as v from 'valibot'
import type { AppConfig } from '../dsl/config.js'
import { COMPRESSION_TYPES } from './kafka/record-batch/index.js'
import { UNCAUGHT_ERROR_RESPONSES } from './uncaught-errors.js'
import type { HttpRegistryOptions } from './registry/http-registry.js'
import type { KafkajsTransportOptions } from './kafka/transport/kafkajs-transport.js'

/** Wrong options: the message names each of them. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

const milliseconds = v.pipe(v.number(), v.minValue(1))
const bytes = v.pipe(v.number(), v.integer(), v.minValue(1))
const text = v.pipe(v.string(), v.nonEmpty())
const address = v.pipe(v.string(), v.regex(/^\s*(\[.+\]|[^:\s]+):\d+\s*$/, 'expected host:port'))

const tls = v.object({
  ca: v.optional(text),
  cert: v.optional(text),
  key: v.optional(text),
  passphrase: v.optional(v.string()),
  rejectUnauthorized: v.optional(v.boolean()),
})

const credentials = v.union([
  v.object({ basic: v.object({ username: v.string(), password: v.string() }) }),
  v.object({ bearer: text }),
])

const tokenEndpoint = v.object({
  url: v.pipe(v.string(), v.url()),
  clientId: text,
  clientSecret: v.string(),
  scope: v.optional(text),
})

/** Of everything that an application takes. */
export const settingsSchema = v.strictObject({
  kafka: v.object({
    brokers: v.pipe(
      v.array(address),
      v.minLength(1, 'at least one broker is needed: kafka.brokers or MILLRACE_BROKERS'),
    ),
    clientId: v.optional(text, 'millrace'),
    ssl: v.optional(v.union([v.boolean(), tls])),
    sasl: v.optional(
      v.variant('mechanism', [
        v.object({
          mechanism: v.picklist(['plain', 'scram-sha-256', 'scram-sha-512']),
          username: v.string(),
          password: v.string(),
        }),
        v.object({ mechanism: v.literal('oauthbearer'), token: v.union([text, tokenEndpoint]) }),
      ]),
    ),
  }),
  registry: v.optional(
    v.object({
      url: v.optional(v.pipe(v.string(), v.url())),
      auth: v.optional(credentials),
      ca: v.optional(text),
      timeout: v.optional(milliseconds, 10_000),
      retries: v.optional(v.number()),
    }),
    {},
  ),
  http: v.optional(
    v.union([v.literal(false), v.object({ port: v.optional(v.number(), 9464), host: v.optional(text, '127.0.0.1') })]),
    false,
  ),
  threads: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(64))),
  standbys: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
  acceptableRecoveryLag: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 10_000),
  maxWarmupReplicas: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 2),
  probingRebalanceInterval: v.optional(milliseconds, 600_000),
  applicationId: v.optional(text),
  groupInstanceId: v.optional(text),
  guarantee: v.optional(v.picklist(['at_least_once', 'exactly_once']), 'at_least_once'),
  commitInterval: v.optional(milliseconds),
  transactionTimeout: v.optional(v.pipe(milliseconds, v.integer()), 10_000),
  sessionTimeout: v.optional(milliseconds, 45_000),
  heartbeatInterval: v.optional(milliseconds, 3000),
  maxPollInterval: v.optional(milliseconds, 300_000),
  requestTimeout: v.optional(milliseconds, 30_000),
  startTimeout: v.optional(v.pipe(v.number(), v.minValue(0)), 60_000),
  shutdownTimeout: v.optional(milliseconds, 30_000),
  metadataMaxAge: v.optional(milliseconds, 300_000),
  repartitionPurgeInterval: v.optional(milliseconds, 30_000),
  state: v.optional(
    v.strictObject({
      directory: v.optional(v.union([v.literal(false), text]), '.millrace/state'),
      snapshotInterval: v.optional(milliseconds, 300_000),
    }),
    {},
  ),
  onUncaughtError: v.optional(v.picklist(UNCAUGHT_ERROR_RESPONSES), 'stop_client'),
  autoOffsetReset: v.optional(v.picklist(['earliest', 'latest', 'none']), 'earliest'),
  isolation: v.optional(v.picklist(['read_committed', 'read_uncommitted']), 'read_committed'),
  checkCrcs: v.optional(v.boolean(), true),
  fetch: v.optional(
    v.strictObject({
      maxWait: v.optional(milliseconds, 500),
      minBytes: v.optional(bytes, 1),
      budgetBytes: v.optional(bytes, 64 * 1024 * 1024),
      budgetRecords: v.optional(v.pipe(v.number(), v.minValue(1))),
      maxPartitionBytes: v.optional(bytes, 4 * 1024 * 1024),
      rack: v.optional(text),
      overwriteDone: v.optional(v.boolean(), false),
    }),
    {},
  ),
  produce: v.optional(
    v.strictObject({
      compression: v.optional(v.picklist(COMPRESSION_TYPES), 'none'),
      linger: v.optional(v.pipe(v.number(), v.minValue(0))),
      batchBytes: v.optional(bytes, 256 * 1024),
      maxRecordBytes: v.optional(bytes),
      maxRequestBytes: v.optional(bytes, 8 * 1024 * 1024),
      bufferBytes: v.optional(bytes, 32 * 1024 * 1024),
      deliveryTimeout: v.optional(milliseconds, 120_000),
    }),
    {},
  ),
})

type CheckedSettings = v.InferOutput<typeof settingsSchema>

export type Settings = Omit<CheckedSettings, 'commitInterval'> & { readonly commitInterval: number }

const COMMIT_INTERVALS = { at_least_once: 5000, exactly_once: 100 } as const

export interface AppSettings extends AppConfig {
  /** Consumer group and prefix. Default: the pipeline's. */
  readonly applicationId?: string
  /** Static membership: an id per process that stays the same over restarts. */
  readonly groupInstanceId?: string
}

type Env = Readonly<Record<string, string | undefined>>

/** Checks and completes. `env` wins over the options. Throws `ConfigError`. */
export const readSettings = (options: AppSettings, env: Env): Settings => {
  const result = v.safeParse(settingsSchema, withEnvironment(options, env))
  if (result.success) {
    const { guarantee, commitInterval = COMMIT_INTERVALS[guarantee], ...rest } = result.output
    const settings = { ...rest, guarantee, commitInterval }
    if (guarantee === 'exactly_once') checkExactlyOnce(settings)
    if (settings.heartbeatInterval >= settings.sessionTimeout) {
      throw new ConfigError('heartbeatInterval must be lower than sessionTimeout, best a third of it')
    }
    return settings
  }
  const lines = result.issues.map((issue) => `  ${v.getDotPath(issue) ?? 'options'}: ${issue.message}`)
  throw new ConfigError(`wrong options:\n${lines.join('\n')}`)
}

const checkExactlyOnce = ({ isolation, commitInterval, transactionTimeout }: Settings): void => {
  if (isolation !== 'read_committed') {
    throw new ConfigError('guarantee "exactly_once" reads its inputs committed: leave isolation out')
  }
  if (commitInterval >= transactionTimeout) {
    throw new ConfigError('commitInterval must be lower than transactionTimeout, best a tenth of it or less')
  }
}

const withEnvironment = (options: AppSettings, variables: Env): unknown => {
  // An empty variable is as good as none.
  const env = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const number = (name: string): number | undefined => {
    const value = env[name]
    if (value === undefined) return undefined
    const parsed = Number(value)
    if (!Number.isFinite(parsed)) throw new ConfigError(`${name}="${value}" is not a number`)
    return parsed
  }
  const given = <T>(name: string, value: T | undefined): Partial<Record<string, T>> =>
    value === undefined ? {} : { [name]: value }
  const port = number('MILLRACE_HTTP_PORT')
  const host = env['MILLRACE_HTTP_HOST']
  const http = options.http === false || options.http === undefined ? {} : options.http
  return {
    ...options,
    kafka: {
      brokers: [],
      ...options.kafka,
      ...given(
        'brokers',
        env['MILLRACE_BROKERS']?.split(',').map((part) => part.trim()),
      ),
    },
    registry: { ...options.registry, ...given('url', env['MILLRACE_REGISTRY_URL']), ...registryAuth(env) },
    ...given('threads', number('MILLRACE_THREADS')),
    ...given('standbys', number('MILLRACE_STANDBYS')),
    ...given('acceptableRecoveryLag', number('MILLRACE_ACCEPTABLE_RECOVERY_LAG')),
    ...given('maxWarmupReplicas', number('MILLRACE_MAX_WARMUP_REPLICAS')),
    ...given('probingRebalanceInterval', number('MILLRACE_PROBING_REBALANCE_INTERVAL')),
    ...given('guarantee', env['MILLRACE_GUARANTEE']),
    ...given('commitInterval', number('MILLRACE_COMMIT_INTERVAL')),
    ...given('startTimeout', number('MILLRACE_START_TIMEOUT')),
    ...given('applicationId', env['MILLRACE_APPLICATION_ID']),
    ...fetchOf(options.fetch, env),
    ...produceOf(options.produce, env),
    ...stateOf(options.state, env),
    ...given('autoOffsetReset', env['MILLRACE_AUTO_OFFSET_RESET']),
    ...given('onUncaughtError', env['MILLRACE_ON_UNCAUGHT_ERROR']),
    ...given('groupInstanceId', env['MILLRACE_GROUP_INSTANCE_ID']),
    ...(port === undefined && host === undefined
      ? {}
      : { http: { ...http, ...given('port', port), ...given('host', host) } }),
  }
}

const fetchOf = (fetch: AppSettings['fetch'], env: Env): object => {
  const rack = env['MILLRACE_RACK']
  const overwrites = env['MILLRACE_OVERWRITE_DONE'] === '1'
  if (rack === undefined && !overwrites) return {}
  return {
    fetch: { ...fetch, ...(rack === undefined ? {} : { rack }), ...(overwrites ? { overwriteDone: true } : {}) },
  }
}

const produceOf = (produce: AppSettings['produce'], env: Env): object => {
  const compression = env['MILLRACE_COMPRESSION']
  return compression === undefined ? {} : { produce: { ...produce, compression } }
}

/** No text but a path: `false` in the options takes no snapshots. */
const stateOf = (state: AppSettings['state'], env: Env): object => {
  const directory = env['MILLRACE_STATE_DIRECTORY']
  return directory === undefined ? {} : { state: { ...state, directory } }
}

const registryAuth = (env: Env): object => {
  const token = env['MILLRACE_REGISTRY_TOKEN']
  if (token !== undefined) return { auth: { bearer: token } }
  const username = env['MILLRACE_REGISTRY_USER']
  if (username === undefined) return {}
  return { auth: { basic: { username, password: env['MILLRACE_REGISTRY_PASSWORD'] ?? '' } } }
}

/** PEM text, or the content of the file of that name. */
const pem = (value: string): string => {
  if (value.includes('-----BEGIN')) return value
  if (!existsSync(value)) throw new ConfigError(`${value} is neither PEM text nor a file`)
  return readFileSync(value, 'utf8')
}

const pemOf = (name: string, value: string | undefined): object => (value === undefined ? {} : { [name]: pem(value) })

export const connectionOptions = ({ kafka }: Settings, clientId: string): Omit<KafkajsTransportOptions, 'log'> => {
  const { brokers, ssl, sasl } = kafka
  return {
    brokers,
    clientId,
    ...(ssl === undefined || ssl === false ? {} : { ssl: ssl === true ? true : tlsOptions(ssl) }),
    ...(sasl === undefined ? {} : { sasl }),
  }
}

const tlsOptions = ({
  ca,
  cert,
  key,
  passphrase,
  rejectUnauthorized,
}: v.InferOutput<typeof tls>): ConnectionOptions => ({
  ...pemOf('ca', ca),
  ...pemOf('cert', cert),
  ...pemOf('key', key),
  ...(passphrase === undefined ? {} : { passphrase }),
  ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
})

export const registryOptions = ({ registry }: Settings): HttpRegistryOptions | undefined => {
  const { url, auth, ca, timeout } = registry
  if (url === undefined) return undefined
  return {
    url,
    timeoutMs: timeout,
    ...pemOf('ca', ca),
    ...(auth === undefined ? {} : { auth: 'bearer' in auth ? { token: auth.bearer } : auth.basic }),
  }
}
