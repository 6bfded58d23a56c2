/** The shape of a configuration file (dsl/config.ts), checked with messages that name the path; unknown keys are refused. */
import * as v from 'valibot'
import { settingsSchema } from '../runtime/config.js'

const text = v.pipe(v.string(), v.nonEmpty('must not be empty'))
const milliseconds = v.pipe(v.number(), v.minValue(1))
const brokers = v.array(v.pipe(v.string(), v.regex(/^\s*(\[.+\]|[^:\s]+):\d+\s*$/, 'expected host:port')))

const registry = v.strictObject({
  url: v.optional(v.pipe(v.string(), v.url('must be a URL, such as http://127.0.0.1:8081'))),
  auth: v.optional(
    v.union([
      v.strictObject({ basic: v.strictObject({ username: text, password: v.string() }) }),
      v.strictObject({ bearer: text }),
    ]),
  ),
  ca: v.optional(text),
  timeout: v.optional(milliseconds),
  retries: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
})

const tls = v.strictObject({
  ca: v.optional(text),
  cert: v.optional(text),
  key: v.optional(text),
  passphrase: v.optional(v.string()),
  rejectUnauthorized: v.optional(v.boolean()),
})

const tokenEndpoint = v.strictObject({
  url: v.pipe(v.string(), v.url()),
  clientId: text,
  clientSecret: v.string(),
  scope: v.optional(text),
})

const kafka = v.strictObject({
  brokers: v.optional(brokers),
  clientId: v.optional(text),
  ssl: v.optional(v.union([v.boolean(), tls])),
  sasl: v.optional(
    v.variant('mechanism', [
      v.strictObject({
        mechanism: v.picklist(['plain', 'scram-sha-256', 'scram-sha-512']),
        username: text,
        password: v.string(),
      }),
      v.strictObject({ mechanism: v.literal('oauthbearer'), token: v.union([text, tokenEndpoint]) }),
    ]),
  ),
})

const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65535))

/** What the application alone looks at is checked as the application checks it. */
const settings = v.omit(settingsSchema, ['kafka', 'registry', 'http', 'applicationId', 'groupInstanceId'])

export const configSchema = v.strictObject({
  pipelines: v.optional(v.union([text, v.array(text)]), ['pipelines/**/*.ts']),
  generated: v.optional(text, 'generated'),
  tsconfig: v.optional(text),
  lock: v.optional(text, 'schemas.lock.json'),
  topology: v.optional(text, 'topology.lock.json'),
  schemas: v.optional(text, 'schemas'),
  bigint: v.optional(v.array(text), []),
  registry: v.optional(registry, {}),
  kafka: v.optional(kafka, {}),
  http: v.optional(v.union([v.literal(false), v.strictObject({ port: v.optional(port), host: v.optional(text) })])),
  builderTimeout: v.optional(milliseconds),
  ...settings.entries,
})

/** With defaults filled in. */
export type CheckedConfig = v.InferOutput<typeof configSchema>

/** Options of an application that are not of its connections. */
export const settingNames = Object.keys(settings.entries) as readonly (keyof typeof settings.entries)[]
