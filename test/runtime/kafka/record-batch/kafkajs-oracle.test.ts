/** kafkajs' own record batch codec: an independent implementation of both directions. */
import { createRequire } from 'node:module'

import fc from '../../../fast-check.js'
import { describe, expect, it } from 'vitest'

import { BatchCursor, buildBatch, recordsOf } from '../../../../runtime/kafka/record-batch/index.js'

interface KafkajsEncoder {
  readonly buffer: Buffer
}

interface KafkajsRecord {
  readonly offset: string
  readonly timestamp: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer>>
}

const require = createRequire(import.meta.url)
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0') as {
  readonly RecordBatch: (options: object) => Promise<KafkajsEncoder>
}
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0') as (options: object) => KafkajsEncoder
const decodeBatch = require('kafkajs/src/protocol/recordBatch/v0/decoder') as (
  decoder: object,
) => Promise<{ readonly records: readonly KafkajsRecord[] }>
const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => object

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))

const record = fc.record({
  timestamp: fc.integer({ min: 1_600_000_000_000, max: 1_700_000_000_000 }),
  key: fc.option(bytes, { nil: null }),
  value: fc.option(bytes, { nil: null }),
  headers: fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), bytes, { maxKeys: 3, noNullPrototype: true }),
})

const batch = fc.tuple(
  fc.array(record, { minLength: 1, maxLength: 12 }),
  fc.constantFrom('none' as const, 'gzip' as const),
)

describe('kafkajs', () => {
  it('reads our batches', async () => {
    await fc.assert(
      fc.asyncProperty(batch, async ([records, compression]) => {
        const input = records.map(({ headers, ...rest }) => ({
          ...rest,
          headers: Object.entries(headers).map(([key, value]) => ({ key, value })),
        }))
        const built = buildBatch(input, { compression, baseOffset: 1234 })
        const decoded = await decodeBatch(new Decoder(built))
        expect(
          decoded.records.map(({ offset, timestamp, key, value, headers }) => ({
            offset,
            timestamp,
            key,
            value,
            headers,
          })),
        ).toEqual(
          records.map((one, index) => ({ ...one, offset: String(1234 + index), timestamp: String(one.timestamp) })),
        )
      }),
      { numRuns: 60, seed: 21 },
    )
  })

  it('writes batches that we read', async () => {
    await fc.assert(
      fc.asyncProperty(batch, async ([records, compression]) => {
        const firstTimestamp = records[0]?.timestamp ?? 0
        const encoded = await RecordBatch({
          compression: compression === 'gzip' ? 1 : 0,
          firstTimestamp,
          maxTimestamp: firstTimestamp,
          lastOffsetDelta: records.length - 1,
          producerId: 5,
          producerEpoch: 1,
          firstSequence: 3,
          transactional: true,
          records: records.map(({ timestamp, ...rest }, offsetDelta) =>
            encodeRecord({ ...rest, offsetDelta, timestampDelta: timestamp - firstTimestamp }),
          ),
        })
        const [read] = [...new BatchCursor(encoded.buffer)]
        if (read === undefined) throw new Error('no batch')
        expect(read.header).toMatchObject({ producerId: 5n, producerEpoch: 1, baseSequence: 3, isTransactional: true })
        expect(
          [...recordsOf(read)].map(({ headers, offset: _offset, ...rest }) => ({
            ...rest,
            headers: Object.fromEntries(headers.map(({ key, value }) => [key, value])),
          })),
        ).toEqual(records)
      }),
      { numRuns: 60, seed: 22 },
    )
  })
})
