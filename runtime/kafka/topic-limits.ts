/** The largest batch that a topic takes, so that sizes are checked before a broker can refuse them. */
import type { KafkaClient } from './client.js'
import { topicConfigs } from './topic-configs.js'

const MAX_MESSAGE_BYTES = 'max.message.bytes'

/** `max.message.bytes` by topic; topics whose configuration we may not see are absent. */
export const maxMessageBytes = async (
  client: KafkaClient,
  topics: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  const limits = new Map<string, number>()
  for (const [topic, configs] of await topicConfigs(client, topics, [MAX_MESSAGE_BYTES])) {
    const limit = Number(configs.get(MAX_MESSAGE_BYTES))
    if (limit > 0) limits.set(topic, limit)
  }
  return limits
}
