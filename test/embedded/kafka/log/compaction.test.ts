import { describe, expect, it } from 'vitest'
import fc from '../../../fast-check.js'
import { compact, type CompactionRules } from '../../../../embedded/kafka/log/compaction.js'
import { PartitionLog } from '../../../../embedded/kafka/log/partition-log.js'
import { retainedFrom } from '../../../../embedded/kafka/log/retention.js'
import {
  BatchCursor,
  COMPRESSION_TYPES,
  RecordReader,
  buildBatch,
  decodeHeaders,
  readBatchHeader,
  stampAppended,
} from '../../../../runtime/kafka/record-batch/index.js'

const RULES: CompactionRules = { now: 1000, deleteRetentionMs: 0, aborted: [], isLastOfProducer: () => false }

interface Found {
  readonly offset: number
  readonly timestamp: number
  readonly key: string
  readonly value: string | undefined
  readonly headers: readonly string[]
}

const recordsOf = (batches: readonly Buffer[]): Found[] =>
  batches.flatMap((bytes) =>
    // Checks lengths and checksums.
    [...new BatchCursor(bytes)].flatMap((batch) => {
      const found: Found[] = []
      const reader = new RecordReader(batch.records())
      while (reader.next()) {
        found.push({
          offset: reader.offset,
          timestamp: reader.timestamp,
          key: String(reader.key()),
          value: reader.value()?.toString(),
          headers: decodeHeaders(reader.buffer, reader.headersStart, reader.headersEnd).map(({ key }) => key),
        })
      }
      return found
    }),
  )

const record = fc.record({
  timestamp: fc.integer({ min: 0, max: 3_000_000_000 }),
  key: fc.constantFrom('a', 'b', 'c', 'd').map((text) => Buffer.from(text)),
  value: fc.option(fc.string().map((text) => Buffer.from(text))),
  headers: fc.array(fc.record({ key: fc.string(), value: fc.constant(Buffer.from('x')) }), { maxLength: 2 }),
})
const batch = fc.record({
  records: fc.array(record, { minLength: 1, maxLength: 5 }),
  compression: fc.constantFrom(...COMPRESSION_TYPES),
  appendTime: fc.option(fc.constant(77), { nil: undefined }),
})

describe('compaction', () => {
  it('keeps the last record of each key as it was, in all codecs; twice is once', () => {
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 6 }), (specs) => {
        let baseOffset = 0
        const batches = specs.map(({ records, compression, appendTime }) => {
          const bytes = buildBatch(records, { compression })
          stampAppended(bytes, {
            baseOffset,
            partitionLeaderEpoch: 3,
            ...(appendTime === undefined ? {} : { appendTime }),
          })
          baseOffset += records.length
          return bytes
        })
        const all = recordsOf(batches)
        const kept = compact(batches, { ...RULES, deleteRetentionMs: 10_000 })
        expect(recordsOf(kept)).toEqual(
          all.filter(({ key, offset }) => all.findLast((r) => r.key === key)?.offset === offset),
        )
        expect(recordsOf(compact(kept, RULES))).toEqual(recordsOf(kept))
        const later = compact(kept, { ...RULES, now: 12_000 })
        expect(recordsOf(later)).toEqual(recordsOf(kept).filter(({ value }) => value !== undefined))
      }),
    )
  })

  it('goes to where the log is kept as well, and is read back', () => {
    let stored = Buffer.alloc(0)
    const log = new PartitionLog(
      {
        append: (bytes) => {
          stored = Buffer.concat([stored, bytes])
        },
        rewrite: (batches) => {
          stored = Buffer.concat(batches)
        },
      },
      () => ({ bytes: 1, ms: Infinity }),
    )
    for (const [key, value] of [
      ['a', '1'],
      ['b', '1'],
      ['a', '2'],
    ] as const) {
      const bytes = buildBatch([{ timestamp: 0, key: Buffer.from(key), value: Buffer.from(value) }])
      log.append(bytes, readBatchHeader(bytes, 0), { partitionLeaderEpoch: 0 })
    }
    log.compact(2, (batches) => batches.slice(1))
    const restored = new PartitionLog()
    expect(restored.restore(stored, 0)).toBe(stored.length)
    for (const each of [log, restored]) {
      const read = each.read(0, { maxBytes: 1e6, upTo: Infinity, atLeastOneBatch: true })
      expect(recordsOf(read).map(({ offset }) => offset)).toEqual([1, 2])
      expect(each.endOffset).toBe(3)
    }
  })
})

describe('retention', () => {
  const segment = (baseOffset: number, maxTimestamp: number) => ({
    baseOffset,
    nextOffset: baseOffset + 10,
    size: 100,
    maxTimestamp,
  })
  const segments = [segment(0, 10), segment(10, 20), segment(20, 30)]

  it.each([
    ['nothing is old', { ms: 1000, bytes: -1 }, 1000, undefined],
    ['the first is old', { ms: 985, bytes: -1 }, 1000, 10],
    ['all are old', { ms: 0, bytes: -1 }, 1000, 30],
    ['for ever', { ms: -1, bytes: -1 }, 1e12, undefined],
    ['a little too much', { ms: -1, bytes: 250 }, 0, undefined],
    ['too much by a segment', { ms: -1, bytes: 200 }, 0, 10],
    ['old and too much', { ms: 985, bytes: 100 }, 1000, 20],
  ] as const)('%s', (_, rules, now, start) => {
    expect(retainedFrom(segments, rules, now)).toBe(start)
  })
})
