import type { KafkaClient } from '../../runtime/kafka/client.js'
import { Fetcher } from '../../runtime/kafka/fetcher.js'
import type { FetchedPartition } from '../../runtime/kafka/fetched-partition.js'
import { BatchCursor, ReadCommittedFilter, RecordReader } from '../../runtime/kafka/record-batch/index.js'

export interface OutputReader {
  readonly clear: () => void
  readonly latencies: () => readonly number[]
  readonly close: () => Promise<void>
}

/** Reads the output topic from its beginning, what is committed, and takes the time of each record. */
export function startReading(client: KafkaClient, { partitions }: { readonly partitions: number }): OutputReader {
  const times: number[] = []
  let failure: Error | undefined
  const options = {
    ...{ maxWaitMs: 500, minBytes: 1, budgetBytes: 64 * 1024 * 1024, maxPartitionBytes: 1024 * 1024 },
    isolation: 'read_committed',
  } as const
  const fetcher = new Fetcher(client, options, {
    onData: (partition) => {
      take(partition, times)
    },
    onError: (error) => {
      failure = error
    },
    onTruncated: () => undefined,
    onRetry: () => undefined,
  })
  for (let partition = 0; partition < partitions; partition++) fetcher.assign('web-orders', partition, 0, 'none')
  return {
    clear: () => {
      times.length = 0
    },
    latencies: () => {
      if (failure !== undefined) throw failure
      return [...times]
    },
    close: () => fetcher.close(),
  }
}

function take(partition: FetchedPartition, times: number[]): void {
  for (let batches = partition.take(); batches !== undefined; batches = partition.take()) {
    const now = performance.now()
    const filter = new ReadCommittedFilter(batches.abortedTransactions)
    for (const batch of new BatchCursor(batches.buffer)) {
      if (!filter.isVisible(batch)) continue
      const reader = new RecordReader(batch.records())
      while (reader.next()) {
        if (reader.offset >= batches.fromOffset) times.push(now - reader.buffer.readDoubleLE(reader.valueEnd - 8))
      }
    }
    partition.done(batches)
  }
}
