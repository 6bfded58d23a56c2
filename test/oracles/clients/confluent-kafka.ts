import type { CompressionType } from '../../../runtime/kafka/record-batch/index.js'
import type { PlainRecord } from './plain-record.js'
import { python } from './python.js'

/** Writes records with librdkafka, in order, and waits until all are acknowledged. */
export async function produceWithConfluentKafka(
  brokers: string,
  topic: string,
  partition: number,
  compression: CompressionType,
  records: readonly PlainRecord[],
): Promise<void> {
  await python('produce.py', { brokers, topic, partition, compression, records })
}

/** Reads a partition from its start with librdkafka, checksums verified, until `count` records are there. */
export async function consumeWithConfluentKafka(
  brokers: string,
  topic: string,
  partition: number,
  count: number,
): Promise<readonly PlainRecord[]> {
  const argument = { brokers, topic, partition, count }
  return (await python('consume.py', argument)) as readonly PlainRecord[]
}
