/** Whether a topic is there, asked before a command works with it: a misspelt name is told at once, with what was meant. */
import { BOOTSTRAP } from '../../runtime/kafka/transport/transport.js'
import { describeTopics } from '../../runtime/kafka/admin.js'
import type { KafkaClient } from '../../runtime/kafka/client.js'
import { api } from '../../runtime/kafka/protocol/index.js'
import { didYouMean } from '../did-you-mean.js'
import { commandRetries } from './connect.js'

export class MissingTopicError extends Error {
  override readonly name = 'MissingTopicError'
  readonly help: string
  constructor(topic: string, near: string | undefined) {
    super(`topic "${topic}" does not exist`)
    this.help = near === undefined ? 'create it, or correct its name' : `did you mean ${near}?`
  }
}

/** Throws `MissingTopicError`. */
export async function requireTopic(client: KafkaClient, topic: string): Promise<void> {
  const found = await describeTopics(client, [topic], commandRetries)
  if (!found.has(topic)) throw new MissingTopicError(topic, didYouMean(topic, await topicNames(client)))
}

async function topicNames(client: KafkaClient): Promise<readonly string[]> {
  const { topics } = await client.request(BOOTSTRAP, 'control', api.Metadata, { topics: null })
  return topics.flatMap(({ name, isInternal }) => (name === null || isInternal ? [] : [name]))
}
