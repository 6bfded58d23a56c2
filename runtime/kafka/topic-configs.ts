/** Configuration of topics, as far as we may see it. */
import { UnsupportedBrokerError, type KafkaClient } from './client.js'
import { api, ErrorCode } from './protocol/index.js'

const TOPIC_RESOURCE = 2

/** Values by key, by topic; topics whose configuration we may not see are absent. */
export const topicConfigs = async (
  client: KafkaClient,
  topics: readonly string[],
  configurationKeys: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> => {
  const found = new Map<string, ReadonlyMap<string, string>>()
  if (topics.length === 0) return found
  try {
    const response = await client.request(client.controller, 'control', api.DescribeConfigs, {
      resources: topics.map((resourceName) => ({
        ...{ resourceType: TOPIC_RESOURCE, resourceName },
        configurationKeys: [...configurationKeys],
      })),
    })
    for (const { errorCode, resourceName, configs } of response.results) {
      if (errorCode !== ErrorCode.NONE) continue
      found.set(resourceName, new Map(configs.map(({ name, value }) => [name, value ?? ''])))
    }
  } catch (error) {
    if (!(error instanceof UnsupportedBrokerError)) throw error
  }
  return found
}
