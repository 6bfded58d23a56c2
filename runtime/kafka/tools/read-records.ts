/**
 * Reads a topic's records as objects, partition by partition as data comes: for the command line, demos and tests. It
 * joins no group and commits nothing. Reads what is committed (read_committed).
 */
import type { KafkaClient } from '../client.js'
import { EARLIEST, LATEST, listOffsets } from '../admin.js'
import { ErrorCode, KafkaProtocolError, api, type PartitionData } from '../protocol/index.js'
import { BatchCursor, ReadCommittedFilter, recordsOf, type KafkaRecord } from '../record-batch/index.js'
import { retry, type RetryOptions } from '../retry.js'
import { partitionKey } from '../topic-partition.js'

export interface IncomingRecord extends KafkaRecord {
  readonly topic: string
  readonly partition: number
}

/** Where reading starts: first or next record, the last n of each partition, an offset, or a time (ms since the epoch). */
export type ReadFrom =
  | { readonly kind: 'earliest' | 'latest' }
  | { readonly kind: 'last'; readonly count: number }
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'time'; readonly timestamp: number }

export interface ReadOptions extends RetryOptions {
  /** Default earliest. */
  readonly from?: ReadFrom
  /** Go on waiting for new records until the signal aborts. Default false: up to what was there at the start. */
  readonly follow?: boolean
}

interface Cursor {
  readonly partition: number
  position: number
  /** Reading ends here; Infinity: never. */
  readonly end: number
}

const fetchWaitMs = 500
const partitionBytes = 1024 * 1024

export async function* readRecords(
  client: KafkaClient,
  topic: string,
  options: ReadOptions,
): AsyncGenerator<IncomingRecord, void, undefined> {
  const cursors = await openCursors(client, topic, options)
  const pending = () => cursors.filter((cursor) => cursor.position < cursor.end)
  const aborted = () => options.signal?.aborted ?? false
  while (!aborted() && pending().length > 0) {
    for (const cursor of pending()) {
      const wait = cursors.length === 1 ? fetchWaitMs : Math.ceil(fetchWaitMs / cursors.length)
      const data = await retry(() => fetchPartition(client, topic, cursor, wait), options)
      yield* recordsFrom(topic, cursor, data)
      if (aborted()) return
    }
  }
}

async function openCursors(client: KafkaClient, topic: string, options: ReadOptions): Promise<readonly Cursor[]> {
  const info = await retry(async () => {
    const found = (await client.refresh([topic])).get(topic)
    if (found === undefined) throw new KafkaProtocolError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `topic ${topic}`)
    if (found instanceof KafkaProtocolError) throw found
    return found
  }, options)
  const partitions = info.partitions.map(({ partition }) => ({ topic, partition }))
  const first = await listOffsets(client, partitions, EARLIEST, options)
  const next = await listOffsets(client, partitions, LATEST, options)
  const from = options.from ?? { kind: 'earliest' }
  const timed =
    from.kind === 'time' ? await listOffsets(client, partitions, BigInt(from.timestamp), options) : undefined
  return partitions.map(({ partition }) => {
    const key = partitionKey(topic, partition)
    const low = first.get(key) ?? 0
    const high = next.get(key) ?? 0
    return {
      partition,
      position: startOf(from, low, high, timed?.get(key)),
      end: options.follow === true ? Infinity : high,
    }
  })
}

function startOf(from: ReadFrom, low: number, high: number, timed: number | undefined): number {
  switch (from.kind) {
    case 'earliest':
      return low
    case 'latest':
      return high
    case 'last':
      return Math.max(low, high - from.count)
    case 'offset':
      return Math.min(Math.max(low, from.offset), high)
    case 'time':
      return timed === undefined || timed < 0 ? high : timed
  }
}

async function fetchPartition(
  client: KafkaClient,
  topic: string,
  cursor: Cursor,
  maxWaitMs: number,
): Promise<PartitionData> {
  const { partition } = cursor
  if (client.leader(topic, partition) === undefined) await client.refresh([topic])
  const leader = client.leader(topic, partition)
  if (leader === undefined) throw new KafkaProtocolError(ErrorCode.LEADER_NOT_AVAILABLE, `${topic}-${partition}`)
  const response = await client.request(leader, 'fetch', api.Fetch, {
    maxWaitMs,
    minBytes: 1,
    maxBytes: 4 * partitionBytes,
    isolationLevel: 1,
    topics: [
      {
        topic,
        partitions: [{ partition, fetchOffset: BigInt(cursor.position), partitionMaxBytes: partitionBytes }],
      },
    ],
  })
  const data = response.responses[0]?.partitions[0]
  const code = response.errorCode === ErrorCode.NONE ? data?.errorCode : response.errorCode
  if (data === undefined || code !== ErrorCode.NONE) {
    await client.refresh([topic])
    throw new KafkaProtocolError(code ?? ErrorCode.UNKNOWN_SERVER_ERROR, `reading ${topic}-${partition}`)
  }
  return data
}

function* recordsFrom(topic: string, cursor: Cursor, data: PartitionData): Generator<IncomingRecord, void, undefined> {
  if (data.records === null) return
  const filter = new ReadCommittedFilter(data.abortedTransactions ?? [])
  for (const batch of new BatchCursor(data.records)) {
    if (filter.isVisible(batch)) {
      for (const record of recordsOf(batch)) {
        if (record.offset >= cursor.position && record.offset < cursor.end) {
          yield { ...record, topic, partition: cursor.partition }
        }
      }
    }
    cursor.position = batch.header.lastOffset + 1
  }
}
