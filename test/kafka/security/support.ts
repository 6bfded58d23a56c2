/** A topic pair on a secured broker, made and looked at by the administrator, and applications that come another way. */
import type { KafkaConfig } from '../../../dsl/config.js'
import type { SecuredKafka, SecuredListener } from '../../../scripts/real-kafka/security/secured-kafka.js'
import { createApp, type App, type AppOptions } from '../../../runtime/index.js'
import { handWritten } from '../../runtime/support/hand-written-pipeline.js'
import { eventually, produceTo, readAll, silent, withAdmin } from '../../runtime/support/topics.js'

export type Security = Pick<KafkaConfig, 'ssl' | 'sasl'>

export interface TopicPair {
  readonly input: string
  readonly output: string
  readonly applicationId: string
}

let pairs = 0

/** `name` makes it plain in the broker's logs whose it is. */
export const securedPair = async (kafka: SecuredKafka, name: string): Promise<TopicPair> => {
  const n = ++pairs
  const pair = { input: `${name}-in-${n}`, output: `${name}-out-${n}`, applicationId: `${name}-${n}` }
  await withAdmin(kafka.admin, (admin) =>
    admin.createTopics({
      topics: [pair.input, pair.output].map((topic) => ({ topic, numPartitions: 2 })),
      waitForLeaders: true,
    }),
  )
  return pair
}

export const kafkaThrough = (kafka: SecuredKafka, listener: SecuredListener, security: Security): KafkaConfig => ({
  brokers: kafka.brokersAt(listener).split(','),
  ...security,
})

export const copying = (
  { input, output, applicationId }: TopicPair,
  kafka: KafkaConfig,
  options: Partial<AppOptions> = {},
): App =>
  createApp({
    pipeline: handWritten({ applicationId, inputs: [input], output, map: (value) => value ?? undefined }),
    kafka,
    logger: silent,
    env: {},
    guarantee: 'exactly_once',
    sessionTimeout: 6000,
    heartbeatInterval: 100,
    commitInterval: 100,
    state: { directory: false },
    ...options,
  })

export const produce = (kafka: SecuredKafka, { input }: TopicPair, from: number, count: number): Promise<void> =>
  produceTo(
    kafka.admin,
    input,
    Array.from({ length: count }, (_, i) => ({ key: `k${i % 20}`, value: `v${from + i}` })),
  )

/** Of committed transactions, in order. */
export const linesOf = async (kafka: SecuredKafka, topic: string): Promise<string[]> =>
  (await readAll(kafka.admin, topic)).map(({ partition, value }) => `${partition} ${String(value)}`)

export const copied = (kafka: SecuredKafka, { output }: TopicPair, count: number): Promise<unknown> =>
  eventually(
    () => linesOf(kafka, output),
    (lines) => lines.length >= count,
    30_000,
  )
