/** A Kafka client from the project's configuration, for the length of one piece of work. */
import { KafkaClient } from '../../runtime/kafka/client.js'
import { KafkajsTransport } from '../../runtime/kafka/transport/kafkajs-transport.js'
import type { RetryOptions } from '../../runtime/kafka/retry.js'
import type { Project } from '../config-file.js'
import { UsageError } from '../usage-error.js'

/** People wait at a keyboard: give up early, say why. */
export const commandRetries: RetryOptions = { timeoutMs: 10_000 }

export async function withKafka<T>(project: Project, work: (client: KafkaClient) => Promise<T>): Promise<T> {
  const { kafka } = project.config
  if (kafka === undefined) {
    throw new UsageError(
      'no Kafka brokers are configured',
      "set kafka: { brokers: ['host:9092'] } in millrace.config.ts",
    )
  }
  const client = new KafkaClient(
    new KafkajsTransport({
      brokers: kafka.brokers,
      clientId: kafka.clientId ?? 'millrace-cli',
      ...(kafka.ssl === undefined ? {} : { ssl: kafka.ssl }),
      ...(kafka.sasl === undefined ? {} : { sasl: kafka.sasl }),
      connectionTimeoutMs: 5000,
    }),
  )
  try {
    return await work(client)
  } finally {
    await client.close()
  }
}
