import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { BatchCursor, recordsOf } from '../../../../runtime/kafka/record-batch/index.js'
import type { KafkaRecord, RecordBatch } from '../../../../runtime/kafka/record-batch/index.js'

interface JavaFixture {
  readonly name: string
  readonly hex: string
  readonly batches: readonly object[]
}

const fixtures = JSON.parse(
  readFileSync(new URL('fixtures/java-batches.json', import.meta.url), 'utf8'),
) as readonly JavaFixture[]

const describeBytes = (bytes: Buffer | null): string | null => {
  if (bytes === null || bytes.length <= 64) return bytes === null ? null : bytes.toString('hex')
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

const describeRecord = ({ offset, timestamp, key, value, headers }: KafkaRecord): object => ({
  offset,
  timestamp,
  key: describeBytes(key),
  value: describeBytes(value),
  headers: headers.map((header) => ({ key: header.key, value: header.value?.toString('hex') ?? null })),
})

const describeBatch = (batch: RecordBatch): object => {
  const { header } = batch
  return {
    baseOffset: header.baseOffset,
    lastOffset: header.lastOffset,
    nextOffset: header.nextOffset,
    sizeInBytes: header.sizeInBytes,
    compression: header.compression,
    timestampType: header.timestampType,
    maxTimestamp: header.maxTimestamp,
    producerId: String(header.producerId),
    producerEpoch: header.producerEpoch,
    baseSequence: header.baseSequence,
    isTransactional: header.isTransactional,
    isControl: header.isControl,
    partitionLeaderEpoch: header.partitionLeaderEpoch,
    records: [...recordsOf(batch)].map(describeRecord),
  }
}

describe('batches written by the Java classes of kafka-clients 4.3.1', () => {
  for (const { name, hex, batches } of fixtures) {
    it(name, () => {
      // An odd distance from the buffer's start, as in a fetch response.
      const bytes = Buffer.concat([Buffer.alloc(13), Buffer.from(hex, 'hex')]).subarray(13)
      const cursor = new BatchCursor(bytes)
      expect([...cursor].map(describeBatch)).toEqual(batches)
      expect(cursor.hasPartialTail).toBe(false)
    })
  }

  it('cover all codecs', () => {
    const codecs = new Set(fixtures.map(({ name }) => name.replace(/,.*/, '')))
    for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) expect(codecs).toContain(codec)
  })
})
