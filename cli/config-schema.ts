/** The shape of a configuration file, checked with messages that name the path; unknown keys are refused. */
import * as v from 'valibot'

const text = v.pipe(v.string(), v.nonEmpty('must not be empty'))
const count = v.pipe(v.number(), v.integer(), v.minValue(0))

const registry = v.strictObject({
  url: v.pipe(v.string(), v.url('must be a URL, such as http://127.0.0.1:8081')),
  auth: v.optional(
    v.union([v.strictObject({ username: text, password: v.string() }), v.strictObject({ token: text })]),
  ),
  ca: v.optional(text),
  timeoutMs: v.optional(count),
  retries: v.optional(count),
})

const kafka = v.strictObject({
  brokers: v.pipe(
    v.array(v.pipe(v.string(), v.regex(/^[^:]+:\d+$/, 'must be host:port'))),
    v.minLength(1, 'needs a broker'),
  ),
  clientId: v.optional(text),
  ssl: v.optional(v.union([v.boolean(), v.record(v.string(), v.unknown())])),
  sasl: v.optional(
    v.variant('mechanism', [
      v.strictObject({ mechanism: v.literal('plain'), username: text, password: v.string() }),
      v.strictObject({ mechanism: v.literal('scram-sha-256'), username: text, password: v.string() }),
      v.strictObject({ mechanism: v.literal('scram-sha-512'), username: text, password: v.string() }),
    ]),
  ),
})

export const configSchema = v.strictObject({
  pipelines: v.optional(v.array(text), ['pipelines/**/*.ts']),
  generated: v.optional(text, 'generated'),
  lock: v.optional(text, 'schemas.lock.json'),
  tsconfig: v.optional(text, 'tsconfig.json'),
  schemas: v.optional(text, 'schemas'),
  registry: v.optional(registry),
  kafka: v.optional(kafka),
  http: v.optional(
    v.strictObject({ port: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65535)), host: v.optional(text) }),
  ),
  threads: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1),
  commitIntervalMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  bigints: v.optional(v.array(text), []),
})

/** With defaults filled in. */
export type CheckedConfig = v.InferOutput<typeof configSchema>
