/** The largest batch that a topic takes, so that sizes are checked before a broker can refuse them. */
import { api, ErrorCode } from './protocol/index.js'
import { UnsupportedBrokerError, type KafkaClient } from './client.js'

const TOPIC_RESOURCE = 2
const MAX_MESSAGE_BYTES = 'max.message.bytes'

/** `max.message.bytes` by topic; topics whose configuration we may not see are absent. */
export const maxMessageBytes = async (
  client: KafkaClient,
  topics: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  const limits = new Map<string, number>()
  if (topics.length === 0) return limits
  try {
    const response = await client.request(client.controller, 'control', api.DescribeConfigs, {
      resources: topics.map((resourceName) => ({
        resourceType: TOPIC_RESOURCE,
        resourceName,
        configurationKeys: [MAX_MESSAGE_BYTES],
      })),
    })
    for (const { errorCode, resourceName, configs } of response.results) {
      const limit = Number(configs.find(({ name }) => name === MAX_MESSAGE_BYTES)?.value)
      if (errorCode === ErrorCode.NONE && limit > 0) limits.set(resourceName, limit)
    }
  } catch (error) {
    if (!(error instanceof UnsupportedBrokerError)) throw error
  }
  return limits
}
