/** A Kafka client from the project's configuration, for the length of one piece of work. */
import { KafkaClient } from '../../runtime/kafka/client.js'
import { KafkajsTransport } from '../../runtime/kafka/transport/kafkajs-transport.js'
import type { RetryOptions } from '../../runtime/kafka/retry.js'
import { connectionOptions, readSettings } from '../../runtime/config.js'
import { appSettings } from '../app-settings.js'
import type { Project } from '../config-file.js'
import { UsageError } from '../usage-error.js'

/** People wait at a keyboard: give up early, say why. */
export const commandRetries: RetryOptions = { timeoutMs: 5000, awaitsGrants: false }

export async function withKafka<T>(project: Project, work: (client: KafkaClient) => Promise<T>): Promise<T> {
  const { kafka } = project.config
  if (kafka.brokers === undefined || kafka.brokers.length === 0) {
    throw new UsageError(
      'no Kafka brokers are configured',
      "kafka: { brokers: ['host:9092'] } in millrace.config.ts, or MILLRACE_BROKERS",
    )
  }
  const settings = readSettings(appSettings(project), {})
  const transport = new KafkajsTransport({ ...connectionOptions(settings, 'millrace-cli'), connectionTimeoutMs: 5000 })
  const client = new KafkaClient(transport)
  try {
    return await work(client)
  } finally {
    await client.close()
  }
}
