import { KafkaClient } from '../../runtime/kafka/client.js'
import { Fetcher } from '../../runtime/kafka/fetcher.js'
import type { FetchedPartition } from '../../runtime/kafka/fetched-partition.js'
import { api } from '../../runtime/kafka/protocol/index.js'
import { BatchCursor, buildBatch, RecordReader, type RecordInput } from '../../runtime/kafka/record-batch/index.js'
import { KafkajsTransport } from '../../runtime/kafka/transport/kafkajs-transport.js'
import type { Job } from './job.js'

/**
 * What generator, broker and machine take by themselves: what is fetched is produced at once, whole, one request for each
 * answer. No group, no commits, nothing is looked at.
 */
export async function startRawLoop({ brokers }: Job): Promise<() => Promise<void>> {
  const client = new KafkaClient(new KafkajsTransport({ brokers: brokers.split(','), clientId: 'raw' }))
  const topics = await client.refresh(['orders', 'web-orders'])
  const info = topics.get('orders')
  const partitions = info !== undefined && 'partitions' in info ? info.partitions.length : 0
  const failed = (error: unknown): void => {
    console.error(error)
    process.exit(1)
  }
  const options = {
    ...{ maxWaitMs: 500, minBytes: 1, budgetBytes: 64 * 1024 * 1024, maxPartitionBytes: 1024 * 1024 },
    isolation: 'read_committed',
  } as const
  const ready = new Set<FetchedPartition>()
  const fetcher = new Fetcher(client, options, {
    onData: (partition) => {
      if (ready.size === 0) queueMicrotask(forward)
      ready.add(partition)
    },
    onError: failed,
    onTruncated: () => undefined,
    onRetry: () => undefined,
  })
  const forward = (): void => {
    const partitionData = [...ready].map((partition) => ({ index: partition.partition, records: copied(partition) }))
    ready.clear()
    const topicData = [{ name: 'web-orders', partitionData: partitionData.filter(({ records }) => records.length > 0) }]
    if (topicData[0]?.partitionData.length === 0) return
    const request = { acks: -1, timeoutMs: 10_000, topicData }
    client
      .request(client.leader('web-orders', 0) ?? -1, 'produce', api.Produce, request, { maxVersion: 11 })
      .catch(failed)
  }
  for (let partition = 0; partition < partitions; partition++) fetcher.assign('orders', partition, 0, 'none')
  return async () => {
    await fetcher.close()
    await client.close()
  }
}

/** All that has come of a partition, as one batch. */
function copied(partition: FetchedPartition): Buffer {
  const records: RecordInput[] = []
  for (let batches = partition.take(); batches !== undefined; batches = partition.take()) {
    for (const batch of new BatchCursor(batches.buffer)) {
      const reader = new RecordReader(batch.records())
      while (reader.next()) {
        if (reader.offset < batches.fromOffset) continue
        const value = Buffer.from(reader.buffer.subarray(reader.valueEnd - 8, reader.valueEnd))
        records.push({ timestamp: Date.now(), key: null, value })
      }
    }
    partition.done(batches)
  }
  return records.length === 0 ? Buffer.alloc(0) : buildBatch(records)
}
