/**
 * Topics that serve as changelogs of the tables that are read from them must keep the last record of each key, for ever:
 * what is deleted by time or size would be gone from the table after a restart.
 */
import type { Manifest } from './abi/index.js'
import type { KafkaClient } from './kafka/client.js'
import { retry, type RetryOptions } from './kafka/retry.js'
import { topicConfigs } from './kafka/topic-configs.js'

const KEYS = ['cleanup.policy', 'retention.ms', 'retention.bytes'] as const

/** Throws Error for a topic that forgets rows; warns where we may not see its configuration. */
export const checkSourceTopics = async (
  client: KafkaClient,
  { stores }: Manifest,
  options: RetryOptions,
  warn: (message: string) => void,
): Promise<void> => {
  const restored = stores.flatMap(({ name, changelog }) =>
    changelog?.restoredBy === undefined ? [] : [{ name, topic: changelog.topic }],
  )
  if (restored.length === 0) return
  const topics = restored.map(({ topic }) => topic)
  const found = await retry(() => topicConfigs(client, topics, KEYS), options)
  for (const { name, topic } of restored) {
    const configs = found.get(topic)
    if (configs === undefined) {
      warn(
        `store ${name} is restored from topic ${topic}, and whether that keeps the last record of each key is not to be seen: ` +
          'it needs cleanup.policy=compact, and we DescribeConfigs to check it',
      )
      continue
    }
    const limits = forgets(configs)
    if (limits === undefined) continue
    throw new Error(
      `store ${name} is restored from topic ${topic}, which has ${limits} and forgets rows: ` +
        "set cleanup.policy=compact for the topic, or leave `changelog: 'source'` out in the pipeline",
    )
  }
}

/** The settings by which it does; undefined: it does not. */
const forgets = (configs: ReadonlyMap<string, string>): string | undefined => {
  const policy = configs.get('cleanup.policy') ?? ''
  if (!policy.split(',').includes('delete')) return undefined
  const limits = (['retention.ms', 'retention.bytes'] as const).filter((key) => configs.get(key) !== '-1')
  if (limits.length === 0) return undefined
  return [`cleanup.policy=${policy}`, ...limits.map((key) => `${key}=${configs.get(key) ?? ''}`)].join(', ')
}
