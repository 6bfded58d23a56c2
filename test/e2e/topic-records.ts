import { randomUUID } from 'node:crypto'
import { CompressionCodecs, CompressionTypes, type EachBatchPayload, type Kafka, type KafkaMessage } from 'kafkajs'
import { compress, decompress, type CompressionType } from '../../runtime/kafka/record-batch/index.js'

/** A record as kafkajs sees it. */
export interface TopicRecord {
  readonly partition: number
  readonly offset: bigint
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string>>
}

const maxDecompressedBytes = 64 * 1024 * 1024

/** kafkajs brings gzip alone and takes the other codecs from its user. */
function registerCodecs(): void {
  CompressionCodecs[CompressionTypes.Snappy] = codec('snappy')
  CompressionCodecs[CompressionTypes.LZ4] = codec('lz4')
  CompressionCodecs[CompressionTypes.ZSTD] = codec('zstd')
}

function codec(name: CompressionType): () => object {
  return () => ({
    compress: (encoder: { readonly buffer: Buffer }) => Promise.resolve(compress(name, encoder.buffer)),
    decompress: (buffer: Buffer) => Promise.resolve(decompress(name, buffer, maxDecompressedBytes)),
  })
}

/** Reads what the topic holds at the time of the call, up to the high watermarks, with a group of its own. */
export async function readTopic(kafka: Kafka, topic: string): Promise<readonly TopicRecord[]> {
  registerCodecs()
  const groupId = `reader-${randomUUID()}`
  const admin = kafka.admin()
  await admin.connect()
  try {
    const missing = new Map<number, bigint>()
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      if (BigInt(high) > BigInt(low)) missing.set(partition, BigInt(high))
    }
    if (missing.size === 0) return []
    const records = await consume(kafka, topic, groupId, missing)
    await admin.deleteGroups([groupId])
    return records.sort((a, b) => a.partition - b.partition || Number(a.offset - b.offset))
  } finally {
    await admin.disconnect()
  }
}

async function consume(
  kafka: Kafka,
  topic: string,
  groupId: string,
  missing: Map<number, bigint>,
): Promise<TopicRecord[]> {
  const records: TopicRecord[] = []
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, maxBytesPerPartition: 16_000_000 })
  await consumer.connect()
  try {
    await consumer.subscribe({ topic, fromBeginning: true })
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        // It starts again by itself after what may pass, such as a coordinator that is still loading.
        if (!payload.restart) reject(payload.error)
      })
      const eachBatch = ({ batch }: EachBatchPayload): Promise<void> => {
        const end = missing.get(batch.partition)
        if (end !== undefined) {
          for (const message of batch.messages) {
            if (BigInt(message.offset) < end) records.push(toRecord(batch.partition, message))
          }
        }
        return Promise.resolve()
      }
      // A batch with nothing but the marker of a transaction is not given to `eachBatch`.
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
        const end = missing.get(payload.partition)
        if (end !== undefined && BigInt(payload.lastOffset) + 1n >= end) missing.delete(payload.partition)
        if (missing.size === 0) resolve()
      })
      consumer.run({ autoCommit: false, eachBatch }).catch(reject)
    })
  } finally {
    await consumer.disconnect()
  }
  return records
}

function toRecord(partition: number, message: KafkaMessage): TopicRecord {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    if (value !== undefined) headers[name] = [value].flat().join()
  }
  return {
    partition,
    offset: BigInt(message.offset),
    timestamp: Number(message.timestamp),
    key: message.key,
    value: message.value,
    headers,
  }
}
