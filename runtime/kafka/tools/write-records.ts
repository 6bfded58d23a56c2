/**
 * Writes record objects to a topic and waits for all acknowledgements: for the command line, demos and tests, where
 * convenience counts more than speed. Not idempotent: a retry after a lost response can double records.
 */
import type { KafkaClient } from '../client.js'
import { ErrorCode, KafkaProtocolError, api } from '../protocol/index.js'
import { buildBatch, partitionForKey, type CompressionType, type RecordInput } from '../record-batch/index.js'
import { retry, type RetryOptions } from '../retry.js'

export interface OutgoingRecord extends RecordInput {
  /** Default: Java's default partitioner for records with a key, round robin over batches for others. */
  readonly partition?: number
}

export interface WriteOptions extends RetryOptions {
  /** Default none. */
  readonly compression?: CompressionType
  /** Bytes of keys and values after which a batch is sent. Default 512 KiB. */
  readonly batchBytes?: number
}

/** A new partition for records without a key after so many of them: whole batches, evenly spread. */
const stickyRecords = 500

export async function writeRecords(
  client: KafkaClient,
  topic: string,
  records: Iterable<OutgoingRecord>,
  options: WriteOptions,
): Promise<number> {
  const partitions = await partitionCount(client, topic, options)
  const batchBytes = options.batchBytes ?? 512 * 1024
  const open = new Map<number, { records: OutgoingRecord[]; bytes: number }>()
  let written = 0
  let keyless = 0
  for (const record of records) {
    const partition = record.partition ?? choose(record, partitions, keyless)
    if (record.key === null) keyless += 1
    const batch = open.get(partition) ?? { records: [], bytes: 0 }
    open.set(partition, batch)
    batch.records.push(record)
    batch.bytes += (record.key?.length ?? 0) + (record.value?.length ?? 0) + 32
    written += 1
    if (batch.bytes >= batchBytes) {
      open.delete(partition)
      await send(client, topic, partition, batch.records, options)
    }
  }
  for (const [partition, batch] of open) await send(client, topic, partition, batch.records, options)
  return written
}

function choose({ key }: OutgoingRecord, partitions: number, keyless: number): number {
  if (key === null) return Math.floor(keyless / stickyRecords) % partitions
  return partitionForKey(key, 0, key.length, partitions)
}

async function partitionCount(client: KafkaClient, topic: string, options: RetryOptions): Promise<number> {
  return retry(async () => {
    const info = (await client.refresh([topic])).get(topic)
    if (info === undefined) throw new KafkaProtocolError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `topic ${topic}`)
    if (info instanceof KafkaProtocolError) throw info
    return info.partitions.length
  }, options)
}

async function send(
  client: KafkaClient,
  topic: string,
  partition: number,
  records: readonly RecordInput[],
  options: WriteOptions,
): Promise<void> {
  const batch = buildBatch(records, { compression: options.compression ?? 'none' })
  await retry(async () => {
    if (client.leader(topic, partition) === undefined) await client.refresh([topic])
    const leader = client.leader(topic, partition)
    if (leader === undefined) throw new KafkaProtocolError(ErrorCode.LEADER_NOT_AVAILABLE, `${topic}-${partition}`)
    const response = await client.request(leader, 'produce', api.Produce, {
      acks: -1,
      timeoutMs: 30_000,
      topicData: [{ name: topic, partitionData: [{ index: partition, records: [batch] }] }],
    })
    const answer = response.responses[0]?.partitionResponses[0]
    if (answer === undefined || answer.errorCode !== ErrorCode.NONE) {
      await client.refresh([topic])
      const code = answer?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR
      throw new KafkaProtocolError(code, `writing to ${topic}-${partition}`, answer?.errorMessage)
    }
  }, options)
}
