import fc from '../../../fast-check.js'
import { describe, expect, it } from 'vitest'
import { findTimestamp, latestTimestamp } from '../../../../embedded/kafka/log/find-timestamp.js'
import { PartitionLog } from '../../../../embedded/kafka/log/partition-log.js'
import { BatchCursor, buildBatch, readBatchHeader } from '../../../../runtime/kafka/record-batch/index.js'

const record = (timestamp: number, bytes = 10) => ({ timestamp, key: null, value: Buffer.alloc(bytes, 'x') })

const append = (log: PartitionLog, batch: Buffer): number =>
  log.append(batch, readBatchHeader(batch, 0), { partitionLeaderEpoch: 3 })

const whole = { maxBytes: 1e9, upTo: Infinity, atLeastOneBatch: true }

describe('PartitionLog', () => {
  it('gives back what was appended, from the batch that holds the offset', () => {
    const sizes = fc.array(
      fc.record({ records: fc.integer({ min: 1, max: 5 }), bytes: fc.integer({ max: 9000, min: 0 }) }),
    )
    fc.assert(
      fc.property(sizes, fc.nat(), fc.integer({ min: 1, max: 40_000 }), (batches, pick, maxBytes) => {
        const log = new PartitionLog()
        const bases: number[] = []
        for (const { records, bytes } of batches) {
          bases.push(append(log, buildBatch(Array.from({ length: records }, () => record(1, bytes)))))
        }
        const offset = pick % (log.endOffset + 1)
        const expected = bases.filter((_, index) => (bases[index + 1] ?? log.endOffset) > offset)
        const all = Buffer.concat(log.read(offset, whole))
        expect([...new BatchCursor(all)].map(({ header }) => header.baseOffset)).toEqual(expected)
        expect(log.availableBytes(offset, Infinity, Infinity)).toBe(all.length)

        const limited = Buffer.concat(log.read(offset, { ...whole, maxBytes }))
        const first = expected.length === 0 ? 0 : readBatchHeader(all, 0).sizeInBytes
        expect(limited.length).toBe(Math.min(all.length, Math.max(maxBytes, first)))
        expect(limited.equals(all.subarray(0, limited.length))).toBe(true)
      }),
    )
  })

  it('stops below the offset that a reader may not reach', () => {
    const log = new PartitionLog()
    for (let index = 0; index < 4; index++) append(log, buildBatch([record(1), record(2)]))
    const read = Buffer.concat(log.read(1, { ...whole, upTo: 4 }))
    expect([...new BatchCursor(read)].map(({ header }) => header.lastOffset)).toEqual([1, 3])
    expect(log.availableBytes(1, 4, Infinity)).toBe(read.length)
    expect(log.read(4, { ...whole, upTo: 4 })).toEqual([])
  })

  it('finds records by time, also when times go back', () => {
    const log = new PartitionLog()
    for (const times of [[10, 30], [20], [5, 40, 40]]) append(log, buildBatch(times.map((time) => record(time))))
    expect(findTimestamp(log, 0)).toEqual({ offset: 0, timestamp: 10 })
    expect(findTimestamp(log, 11)).toEqual({ offset: 1, timestamp: 30 })
    expect(findTimestamp(log, 31)).toEqual({ offset: 4, timestamp: 40 })
    expect(findTimestamp(log, 41)).toBeUndefined()
    expect(latestTimestamp(log)).toEqual({ offset: 4, timestamp: 40 })
    log.truncateBelow(2)
    expect(findTimestamp(log, 0)).toEqual({ offset: 2, timestamp: 20 })
  })

  it('wakes its watchers', () => {
    const log = new PartitionLog()
    let woken = 0
    const unwatch = log.watch(() => woken++)
    append(log, buildBatch([record(1)]))
    log.truncateBelow(1)
    unwatch()
    append(log, buildBatch([record(1)]))
    expect(woken).toBe(2)
  })
})
