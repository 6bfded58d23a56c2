import fc from '../../../fast-check.js'
import { describe, expect, it } from 'vitest'

import {
  BatchCursor,
  ReadCommittedFilter,
  buildBatch,
  buildControlBatch,
  controlTypeOf,
  isVisibleUncommitted,
  recordsOf,
} from '../../../../runtime/kafka/record-batch/index.js'
import { Reader, decodeEndTxnMarker } from '../../../../runtime/kafka/protocol/index.js'
import type { AbortedTransactionRange } from '../../../../runtime/kafka/record-batch/index.js'

/** A partition log that keeps the aborted-transaction index as brokers do: in the order of the markers. */
class Log {
  readonly batches: { readonly bytes: Buffer; readonly lastOffset: number }[] = []
  readonly aborted: { readonly range: AbortedTransactionRange; readonly lastOffset: number }[] = []
  readonly #open = new Map<bigint, number>()
  #end = 0

  data(producerId: bigint, values: readonly string[], isTransactional = true, key: Buffer | null = null): this {
    if (isTransactional && !this.#open.has(producerId)) this.#open.set(producerId, this.#end)
    const records = values.map((value) => ({ timestamp: 1, key, value: Buffer.from(value) }))
    const compression = values.length > 1 ? 'gzip' : 'none'
    return this.#append(
      buildBatch(records, {
        baseOffset: this.#end,
        producerId,
        producerEpoch: 0,
        baseSequence: 0,
        isTransactional,
        compression,
      }),
      values.length,
    )
  }

  end(producerId: bigint, type: 'abort' | 'commit'): this {
    const firstOffset = this.#open.get(producerId)
    this.#open.delete(producerId)
    if (type === 'abort' && firstOffset !== undefined) {
      this.aborted.push({ range: { producerId, firstOffset: BigInt(firstOffset) }, lastOffset: this.#end })
    }
    return this.#append(
      buildControlBatch({ type, producerId, producerEpoch: 0, timestamp: 1, baseOffset: this.#end }),
      1,
    )
  }

  /** What a consumer with read_committed sees from `offset` to the end. */
  read(offset = 0): string[] {
    const batches = this.batches.filter(({ lastOffset }) => lastOffset >= offset)
    const filter = new ReadCommittedFilter(
      this.aborted.filter(({ lastOffset }) => lastOffset >= offset).map(({ range }) => range),
    )
    const cursor = new BatchCursor(Buffer.concat(batches.map(({ bytes }) => bytes)))
    return [...cursor].flatMap((batch) =>
      filter.isVisible(batch) ? [...recordsOf(batch)].map(({ value }) => String(value)) : [],
    )
  }

  #append(bytes: Buffer, records: number): this {
    this.#end += records
    this.batches.push({ bytes, lastOffset: this.#end - 1 })
    return this
  }
}

describe('ReadCommittedFilter', () => {
  it('hides aborted and shows committed transactions', () => {
    const log = new Log().data(1n, ['a1', 'a2']).data(2n, ['b1']).end(1n, 'abort').end(2n, 'commit').data(1n, ['a3'])
    expect(log.end(1n, 'commit').data(-1n, ['plain'], false).read()).toEqual(['b1', 'a3', 'plain'])
  })

  it('handles overlapping aborts, which brokers list in marker order', () => {
    const log = new Log().data(1n, ['p1']).data(2n, ['q1']).data(1n, ['p2'])
    expect(log.end(2n, 'abort').data(1n, ['p3']).end(1n, 'abort').read()).toEqual([])
  })

  it('handles a fetch that starts inside two open transactions', () => {
    const log = new Log().data(1n, ['p1']).data(2n, ['q1']).data(2n, ['q2']).data(1n, ['p2'])
    expect(log.end(1n, 'abort').end(2n, 'abort').read(3)).toEqual([])
  })

  it('is not misled by a record whose key looks like an abort marker', () => {
    const log = new Log().data(1n, ['p1'], true, Buffer.alloc(4)).data(1n, ['p2']).end(1n, 'abort')
    expect(log.read()).toEqual([])
  })

  it('shows idempotent records of a producer id beside its aborted transaction', () => {
    expect(new Log().data(1n, ['t']).data(1n, ['i'], false).end(1n, 'abort').read()).toEqual(['i'])
  })

  it('agrees with the log on random interleavings, from every offset', () => {
    const step = fc.record({
      producer: fc.integer({ min: 1, max: 3 }),
      action: fc.constantFrom('data', 'data', 'data2', 'plain', 'abort', 'commit'),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const log = new Log()
        const open = new Map<number, number[]>()
        const visible = new Map<number, string>()
        let offset = 0
        for (const { producer, action } of steps) {
          const producerId = BigInt(producer)
          const own = open.get(producer)
          if (action === 'abort' || action === 'commit') {
            if (own === undefined) continue
            log.end(producerId, action)
            if (action === 'commit') for (const at of own) visible.set(at, `v${at}`)
            open.delete(producer)
            offset++
            continue
          }
          const offsets = action === 'data2' ? [offset, offset + 1] : [offset]
          log.data(
            producerId,
            offsets.map((at) => `v${at}`),
            action !== 'plain',
          )
          if (action === 'plain') visible.set(offset, `v${offset}`)
          else open.set(producer, [...(own ?? []), ...offsets])
          offset += offsets.length
        }
        for (const producer of [...open.keys()]) {
          log.end(BigInt(producer), 'abort')
        }
        const starts = log.batches.map(({ lastOffset }) => lastOffset)
        for (const start of starts) {
          const expected = [...visible.entries()].sort(([a], [b]) => a - b)
          const seen = log.read(start)
          const minimum = expected.filter(([at]) => at >= start).map(([, value]) => value)
          // The first batch may begin below the offset asked for.
          expect(seen.slice(seen.length - minimum.length)).toEqual(minimum)
          expect(seen.length - minimum.length).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 100, seed: 11 },
    )
  })
})

describe('isVisibleUncommitted', () => {
  it('hides only control batches', () => {
    const log = new Log().data(1n, ['a']).end(1n, 'abort')
    const cursor = new BatchCursor(Buffer.concat(log.batches.map(({ bytes }) => bytes)))
    expect([...cursor].map(isVisibleUncommitted)).toEqual([true, false])
  })
})

describe('control batches', () => {
  it('say what they are, and with which coordinator epoch', () => {
    const marker = { producerId: 4n, producerEpoch: 2, timestamp: 7, coordinatorEpoch: 9 }
    for (const type of ['commit', 'abort'] as const) {
      const [batch] = [...new BatchCursor(buildControlBatch({ ...marker, type }))]
      if (batch === undefined) throw new Error('no batch')
      expect(controlTypeOf(batch)).toBe(type)
      const [record] = [...recordsOf(batch)]
      expect(decodeEndTxnMarker(0, new Reader(record?.value ?? Buffer.alloc(0), 2))).toEqual({ coordinatorEpoch: 9 })
      expect(batch.header).toMatchObject({ isControl: true, isTransactional: true, producerId: 4n, producerEpoch: 2 })
    }
  })
})
