import { KafkaClient } from '../../../runtime/kafka/client.js'
import { api, KafkaProtocolError } from '../../../runtime/kafka/protocol/index.js'
import {
  BatchCursor,
  recordsOf,
  type CompressionType,
  type KafkaRecord,
} from '../../../runtime/kafka/record-batch/index.js'
import { KafkajsTransport } from '../../../runtime/kafka/transport/kafkajs-transport.js'
import { hex, type PlainRecord } from './plain-record.js'

/** Our own code, as far down as it goes: batches as bytes in one Produce or Fetch request. */
export interface Wire {
  /** Sends one finished batch with acks=all; resolves with its base offset. */
  readonly produce: (topic: string, partition: number, batch: Buffer) => Promise<bigint>
  readonly fetchAll: (topic: string, partition: number) => Promise<Fetched>
  readonly close: () => Promise<void>
}

interface Fetched {
  readonly records: readonly PlainRecord[]
  /** Of every batch, in order. */
  readonly compressions: readonly CompressionType[]
}

export function openWire(brokers: string): Wire {
  const client = new KafkaClient(new KafkajsTransport({ brokers: brokers.split(','), clientId: 'oracle' }))
  return {
    produce: (topic, partition, batch) => produce(client, topic, partition, batch),
    fetchAll: (topic, partition) => fetchAll(client, topic, partition),
    close: () => client.close(),
  }
}

async function leaderOf(client: KafkaClient, topic: string, partition: number): Promise<number> {
  const found = await client.refresh([topic])
  const error = found.get(topic)
  if (error instanceof Error) throw error
  const leader = client.leader(topic, partition)
  if (leader === undefined) throw new Error(`${topic}-${partition} has no leader`)
  return leader
}

async function produce(client: KafkaClient, topic: string, partition: number, batch: Buffer): Promise<bigint> {
  const leader = await leaderOf(client, topic, partition)
  const response = await client.request(leader, 'produce', api.Produce, {
    acks: -1,
    timeoutMs: 10_000,
    topicData: [{ name: topic, partitionData: [{ index: partition, records: batch }] }],
  })
  const result = response.responses[0]?.partitionResponses[0]
  if (result === undefined) throw new Error('the broker answered for no partition')
  if (result.errorCode !== 0) throw new KafkaProtocolError(result.errorCode, `produce to ${topic}-${partition}`)
  return result.baseOffset
}

async function fetchAll(client: KafkaClient, topic: string, partition: number): Promise<Fetched> {
  const leader = await leaderOf(client, topic, partition)
  const records: PlainRecord[] = []
  const compressions: CompressionType[] = []
  for (let offset = 0n; ;) {
    const response = await client.request(leader, 'fetch', api.Fetch, {
      maxWaitMs: 100,
      minBytes: 1,
      maxBytes: 16_000_000,
      topics: [{ topic, partitions: [{ partition, fetchOffset: offset, partitionMaxBytes: 8_000_000 }] }],
    })
    const data = response.responses[0]?.partitions[0]
    if (data === undefined) throw new Error('the broker answered for no partition')
    if (data.errorCode !== 0) throw new KafkaProtocolError(data.errorCode, `fetch of ${topic}-${partition}`)
    for (const batch of new BatchCursor(data.records ?? Buffer.alloc(0))) {
      compressions.push(batch.header.compression)
      for (const record of recordsOf(batch)) records.push(plain(record))
      offset = BigInt(batch.header.nextOffset)
    }
    if (offset >= data.highWatermark) return { records, compressions }
  }
}

function plain(record: KafkaRecord): PlainRecord {
  return {
    key: hex(record.key),
    value: hex(record.value),
    timestamp: record.timestamp,
    headers: record.headers.map(({ key, value }) => [key, hex(value)] as const),
  }
}
